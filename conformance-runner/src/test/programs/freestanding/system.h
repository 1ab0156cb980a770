/* The kernel's interface as the programs use it: numbers, structures, and what C cannot say: threads, returns from signals, thread pointers. */
#ifndef SYSTEM_H
#define SYSTEM_H

#include "freestanding.h"

/* A row for each call: x86-64, i386, arm64, arm. */
#if defined(__x86_64__)
#define NUMBER(x64, ia32, arm64, arm) x64
#elif defined(__i386__)
#define NUMBER(x64, ia32, arm64, arm) ia32
#elif defined(__aarch64__)
#define NUMBER(x64, ia32, arm64, arm) arm64
#else
#define NUMBER(x64, ia32, arm64, arm) arm
#endif

enum {
    NR_READ = NUMBER(0, 3, 63, 3),
    NR_CLOSE = NUMBER(3, 6, 57, 6),
    NR_MPROTECT = NUMBER(10, 125, 226, 125),
    NR_RT_SIGACTION = NUMBER(13, 174, 134, 174),
    NR_RT_SIGPROCMASK = NUMBER(14, 175, 135, 175),
    NR_SCHED_YIELD = NUMBER(24, 158, 124, 158),
    NR_SETITIMER = NUMBER(38, 104, 103, 104),
    NR_GETPID = NUMBER(39, 20, 172, 20),
    NR_CLONE = NUMBER(56, 120, 220, 120),
    NR_WAIT4 = NUMBER(61, 114, 260, 114),
    NR_KILL = NUMBER(62, 37, 129, 37),
    NR_GETPPID = NUMBER(110, 64, 173, 64),
    NR_RT_SIGPENDING = NUMBER(127, 176, 136, 176),
    NR_RT_SIGTIMEDWAIT = NUMBER(128, 177, 137, 177),
    NR_RT_SIGQUEUEINFO = NUMBER(129, 178, 138, 178),
    NR_RT_SIGSUSPEND = NUMBER(130, 179, 133, 179),
    NR_SIGALTSTACK = NUMBER(131, 186, 132, 186),
    NR_GETTID = NUMBER(186, 224, 178, 224),
    NR_FUTEX = NUMBER(202, 240, 98, 240),
    NR_TGKILL = NUMBER(234, 270, 131, 268),
    NR_PIPE2 = NUMBER(293, 331, 59, 359),
};

enum { SIGILL = 4, SIGTRAP = 5, SIGABRT = 6, SIGFPE = 8, SIGKILL = 9, SIGUSR1 = 10, SIGSEGV = 11, SIGUSR2 = 12, SIGALRM = 14, SIGCHLD = 17 };
enum { SIGRT = 40 };
enum { EINTR = 4, ECHILD = 10, EAGAIN = 11 };

#define CLONE_VM 0x100
#define CLONE_FS 0x200
#define CLONE_FILES 0x400
#define CLONE_SIGHAND 0x800
#define CLONE_THREAD 0x10000
#define CLONE_SYSVSEM 0x40000
#define CLONE_SETTLS 0x80000
#define CLONE_PARENT_SETTID 0x100000
#define CLONE_CHILD_CLEARTID 0x200000

/* --- Signals ---------------------------------------------------------------------------------------------------- */

#define SA_SIGINFO 4ul
#define SA_RESTORER 0x04000000ul
#define SA_ONSTACK 0x08000000ul
#define SA_RESTART 0x10000000ul
#define SA_NODEFER 0x40000000ul
#define SA_RESETHAND 0x80000000ul

enum { SIG_BLOCK, SIG_UNBLOCK, SIG_SETMASK };

/* A set of signals, of which the kernel wants words that need no alignment of eight. */
typedef struct {
    u32 word[2];
} set;

struct action {
    void (*handler)();
    unsigned long flags;
    void (*restorer)(void);
    set mask;
};

/* The part of siginfo_t that the programs look at. */
struct info {
    int signal, error, code;
    union {
        struct {
            int pid, uid;
            void *value;
        };
        void *address;
    } __attribute__((aligned(sizeof(long))));
    char rest[128 - 16 - 2 * sizeof(long)];
};

struct stack {
    void *base;
    int flags;
    size_t size;
};

/* Where ucontext_t has the program counter, in words of the architecture. */
#define CONTEXT_PC NUMBER(5 + 16, 5 + 14, (176 + 8 + 31 * 8 + 8) / 8, 5 + 3 + 15)

/* Undefined for ever, by the manual. */
#if defined(__x86_64__) || defined(__i386__)
#define UNDEFINED "ud2"
#elif defined(__aarch64__)
#define UNDEFINED "udf #0"
#else
#define UNDEFINED "udf #4"
#endif

/* How handlers with and without siginfo return; two ways on the older architectures. */
void restore_info(void);
void restore(void);
#if defined(__x86_64__)
__asm__(".globl restore_info, restore\nrestore_info:\nrestore:\n\tmov $15, %eax\n\tsyscall\n");
#elif defined(__i386__)
__asm__(".globl restore_info\nrestore_info:\n\tmov $173, %eax\n\tint $0x80\n.globl restore\nrestore:\n\tpop %eax\n\tmov $119, %eax\n\tint $0x80\n");
#elif defined(__aarch64__)
__asm__(".globl restore_info, restore\nrestore_info:\nrestore:\n\tmov x8, #139\n\tsvc #0\n");
#else
__asm__(".arm\n.globl restore_info\n.type restore_info, %function\nrestore_info:\n\tmov r7, #173\n\tsvc #0\n"
        ".globl restore\n.type restore, %function\nrestore:\n\tmov r7, #119\n\tsvc #0\n");
#endif

static __attribute__((unused)) set set_of(int signal)
{
    set s = {{0, 0}};
    s.word[(signal - 1) / 32] = 1u << ((signal - 1) & 31);
    return s;
}

static __attribute__((unused)) set mask_signals(int how, set which)
{
    set old;
    syscall5(NR_RT_SIGPROCMASK, how, (long)&which, (long)&old, sizeof old, 0);
    return old;
}

static __attribute__((unused)) void handle(int signal, void (*handler)(), unsigned long flags, set mask)
{
    struct action action = {handler, flags | SA_RESTORER, flags & SA_SIGINFO ? restore_info : restore, mask};
    syscall5(NR_RT_SIGACTION, signal, (long)&action, 0, sizeof(set), 0);
}

static __attribute__((unused)) void send(int signal)
{
    syscall3(NR_KILL, syscall3(NR_GETPID, 0, 0, 0), signal, 0);
}

/* --- Processes and threads -------------------------------------------------------------------------------------- */

static __attribute__((unused)) long fork(void)
{
    return syscall5(NR_CLONE, SIGCHLD, 0, 0, 0, 0);
}

static __attribute__((unused)) long wait_for(long pid, int *status, int options)
{
    return syscall5(NR_WAIT4, pid, (long)status, options, 0, 0);
}

/*
 * A thread: clone() with the arguments in the kernel's order, in a child with the stack given, on which there are a function and its argument. What the
 * function returns is the status of the thread.
 */
long clone_thread(unsigned long flags, void *stack, int *parent_tid, void *fourth, void *fifth);
#if defined(__x86_64__)
__asm__(".globl clone_thread\nclone_thread:\n\tmov %rcx, %r10\n\tmov $56, %eax\n\tsyscall\n\ttest %rax, %rax\n\tjz 1f\n\tret\n"
        "1:\txor %ebp, %ebp\n\tpop %rax\n\tpop %rdi\n\tcall *%rax\n\tmov %eax, %edi\n\tmov $60, %eax\n\tsyscall\n\thlt\n");
#elif defined(__i386__)
__asm__(".globl clone_thread\nclone_thread:\n\tpush %ebx\n\tpush %esi\n\tpush %edi\n\tmov 16(%esp), %ebx\n\tmov 20(%esp), %ecx\n\tmov 24(%esp), %edx\n\t"
        "mov 28(%esp), %esi\n\tmov 32(%esp), %edi\n\tmov $120, %eax\n\tint $0x80\n\ttest %eax, %eax\n\tjz 1f\n\t"
        "pop %edi\n\tpop %esi\n\tpop %ebx\n\tret\n"
        "1:\txor %ebp, %ebp\n\tpop %eax\n\tpop %edx\n\tsub $4, %esp\n\tpush %edx\n\tcall *%eax\n\tmov %eax, %ebx\n\tmov $1, %eax\n\tint $0x80\n\thlt\n");
#elif defined(__aarch64__)
__asm__(".globl clone_thread\nclone_thread:\n\tmov x8, #220\n\tsvc #0\n\tcbz x0, 1f\n\tret\n"
        "1:\tmov x29, #0\n\tldp x1, x0, [sp], #16\n\tblr x1\n\tmov x8, #93\n\tsvc #0\n\tbrk #0\n");
#else
__asm__(".arm\n.globl clone_thread\n.type clone_thread, %function\nclone_thread:\n\tpush {r4, r7}\n\tldr r4, [sp, #8]\n\tmov r7, #120\n\tsvc #0\n\tcmp r0, #0\n\t"
        "popne {r4, r7}\n\tbxne lr\n\tmov fp, #0\n\tpop {r1, r2}\n\tmov r0, r2\n\tblx r1\n\tmov r7, #1\n\tsvc #0\n\tudf #0\n");
#endif

#endif
