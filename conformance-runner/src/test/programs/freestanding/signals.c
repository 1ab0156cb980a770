/* Signals by the system calls alone: handlers, stacks, masks, faults that the handler repairs, what waits and what is interrupted. */
#include "system.h"
#include "jumps.h"

static volatile int count, on_stack, depth, deepest, code, number;
static void *volatile address;
static volatile u64 value;
static int ends[2];
static jump recover;
static __attribute__((aligned(16))) char alternate[65536];
static __attribute__((aligned(65536))) volatile u32 page[16384];
static const set none;

static void on_usr1(int signal, struct info *info, void *context)
{
    char here;
    (void)context;
    count += signal == SIGUSR1 && info->signal == signal && info->pid == syscall3(NR_GETPID, 0, 0, 0);
    on_stack = &here >= alternate && &here < alternate + sizeof alternate;
    code = info->code;
    /* So that what the handler leaves in the registers is not what was there. */
    value = value * 3 + (u64)((double)count * 1.5);
}

/* The same handler again within itself, as often as the mask lets it. */
static void on_usr2(int signal)
{
    depth++;
    deepest = depth > deepest ? depth : deepest;
    if (count++ < 4)
        send(signal);
    depth--;
}

static void landed(void)
{
    long_jump(recover, 1);
}

/* A fault, after which the program goes on somewhere else: with the program counter of the context. That of Thumb code has no bit for it. */
static void on_fault(int signal, struct info *info, unsigned long *context)
{
    number = signal;
    code = info->code;
    address = info->address;
#ifdef __thumb__
    context[CONTEXT_PC] = (unsigned long)landed & ~1ul;
#else
    context[CONTEXT_PC] = (unsigned long)landed;
#endif
}

static void on_fault_jump(int signal)
{
    long_jump(recover, signal);
}

static void on_alarm(int signal)
{
    count += signal == SIGALRM;
    if (ends[1])
        syscall3(NR_WRITE, ends[1], (long)"!", 1);
}

static void on_queued(int signal, struct info *info, void *context)
{
    (void)context;
    value = value * 16 + (u64)(signal - SIGRT) * 4 + (u64)(unsigned long)info->value;
}

/* Sums in registers of both kinds, with a signal in the middle of each round. */
static __attribute__((noinline)) u64 interrupted(void)
{
    u64 a = 1, b = 2, c = 3;
    double x = 1, y = 2, z = 3;
    for (int i = 0; i < 20; i++) {
        a += b * 3;
        b ^= c + a;
        c = (c << 5 | c >> 59) + a;
        x = x * 1.25 + y;
        y = y - z / 8;
        z = z * 0.5 + x / 16;
        send(SIGUSR1);
    }
    return a ^ b ^ c ^ (u64)(s64)(x * 64) ^ (u64)(s64)(y * 64) << 16 ^ (u64)(s64)(z * 64) << 32;
}

static __attribute__((noinline)) void no_page(void)
{
    *(volatile int *)16 = 1;
}

static __attribute__((noinline)) void read_only(void)
{
    page[5] = 7;
}

static __attribute__((noinline)) void undefined(void)
{
    __asm__ volatile(UNDEFINED);
}

static void fault(const char *name, void (*what)(void))
{
    number = 0;
    if (set_jump(recover) == 0)
        what();
    print_hex(name, (u64)number);
}

static void faults(void)
{
    handle(SIGSEGV, on_fault, SA_SIGINFO, none);
    handle(SIGILL, on_fault, SA_SIGINFO, none);
    page[5] = 3;
    syscall3(NR_MPROTECT, (long)page, 65536, 1);
    fault("no page", no_page);
    print_hex("address", (u64)(unsigned long)address << 8 | (unsigned)code);
    fault("read only", read_only);
    print_hex("address", (u64)((unsigned long)address - (unsigned long)page) << 8 | (unsigned)code);
    syscall3(NR_MPROTECT, (long)page, 65536, 3);
    print_hex("page", page[5]);
    fault("undefined", undefined);
#if defined(__x86_64__) || defined(__i386__)
    /* Elsewhere qemu-user says ILL_ILLOPN, the kernel ILL_ILLOPC. */
    print_hex("code", (u64)code);
#endif
    print_hex("address", (unsigned long)address - ((unsigned long)undefined & ~1ul) < 64);
    handle(SIGSEGV, on_fault_jump, SA_NODEFER, none);
    for (volatile int i = 0; i < 3; i++) {
        int how = set_jump(recover);
        if (how == 0)
            *(volatile int *)8 = i;
        print_hex("recovered", (u64)how);
    }
}

static void masks(void)
{
    set old = mask_signals(SIG_BLOCK, set_of(SIGUSR1)), pending;
    send(SIGUSR1);
    send(SIGUSR1);
    syscall3(NR_RT_SIGPENDING, (long)&pending, sizeof pending, 0);
    print_hex("blocked", (u64)count << 32 | pending.word[0]);
    mask_signals(SIG_SETMASK, old);
    print_hex("unblocked", (u64)count);

    count = 0;
    handle(SIGUSR2, on_usr2, SA_NODEFER, none);
    send(SIGUSR2);
    print_hex("nested", (u64)count << 8 | (unsigned)deepest);
    count = deepest = 0;
    handle(SIGUSR2, on_usr2, 0, none);
    send(SIGUSR2);
    print_hex("in turn", (u64)count << 8 | (unsigned)deepest);
    count = 4;
    handle(SIGUSR2, on_usr2, SA_RESETHAND, none);
    send(SIGUSR2);
    struct action now;
    syscall5(NR_RT_SIGACTION, SIGUSR2, 0, (long)&now, sizeof(set), 0);
    print_hex("reset", (u64)count << 8 | (now.handler == 0));
}

static void queue(int signal, long what)
{
    struct info info = {.signal = signal, .code = -1};
    info.pid = (int)syscall3(NR_GETPID, 0, 0, 0);
    info.value = (void *)what;
    syscall3(NR_RT_SIGQUEUEINFO, info.pid, signal, (long)&info);
}

static void queues(void)
{
    set realtime = set_of(SIGRT), old;
    struct info info;
    realtime.word[1] |= set_of(SIGRT + 1).word[1] | set_of(SIGRT + 2).word[1];
    for (int i = 0; i < 3; i++)
        handle(SIGRT + i, on_queued, SA_SIGINFO, realtime);
    old = mask_signals(SIG_BLOCK, realtime);
    queue(SIGRT + 2, 1);
    queue(SIGRT, 3);
    queue(SIGRT + 1, 2);
    queue(SIGRT, 2);
    realtime = set_of(SIGRT + 1);
    long taken = syscall5(NR_RT_SIGTIMEDWAIT, (long)&realtime, (long)&info, 0, sizeof(set), 0);
    print_hex("taken", (u64)taken << 16 | (u64)(unsigned long)info.value << 8 | (u8)info.code);
    value = 0;
    mask_signals(SIG_SETMASK, old);
    print_hex("queued", value);
}

static void alarm(void)
{
    long timer[4] = {0, 0, 0, 20000};
    syscall3(NR_SETITIMER, 0, (long)timer, 0);
}

static void waiting(void)
{
    char byte = '?';
    count = 0;
    handle(SIGALRM, on_alarm, 0, none);
    mask_signals(SIG_BLOCK, set_of(SIGALRM));
    alarm();
    print_hex("suspended", (u64)-syscall3(NR_RT_SIGSUSPEND, (long)&none, sizeof none, 0) << 8 | (unsigned)count);
    mask_signals(SIG_UNBLOCK, set_of(SIGALRM));
    syscall3(NR_PIPE2, (long)ends, 0, 0);
    /* Nothing is in the pipe until the handler has written; whether the alarm comes before the read or within it, the read ends. */
    handle(SIGALRM, on_alarm, SA_RESTART, none);
    alarm();
    print_hex("restarted", (u64)syscall3(NR_READ, ends[0], (long)&byte, 1) << 8 | (u8)byte);
    print_hex("alarms", (u64)count);
}

int main(int argc, char **argv)
{
    struct stack stack = {alternate, 0, sizeof alternate};

    (void)argc;
    (void)argv;
    syscall3(NR_SIGALTSTACK, (long)&stack, 0, 0);
    handle(SIGUSR1, on_usr1, SA_SIGINFO | SA_ONSTACK, none);
    send(SIGUSR1);
    print_hex("sent", (u64)count << 16 | (unsigned)on_stack << 8 | (u8)code);
    syscall3(NR_TGKILL, syscall3(NR_GETPID, 0, 0, 0), syscall3(NR_GETTID, 0, 0, 0), SIGUSR1);
    print_hex("to the thread", (u64)count << 16 | (unsigned)on_stack << 8 | (u8)code);
#ifndef __x86_64__
    /* Without a restorer of ours it is the kernel's. */
    struct action action = {on_usr1, SA_SIGINFO, 0, none};
    syscall5(NR_RT_SIGACTION, SIGUSR1, (long)&action, 0, sizeof none, 0);
#endif
    send(SIGUSR1);
    print_hex("kernel's return", (u64)count << 8 | (unsigned)on_stack);
    print_hex("interrupted", interrupted());
    print_hex("handled", (u64)count);
    print_hex("in handlers", value);
    masks();
    faults();
    queues();
    waiting();
    handle(SIGABRT, 0, 0, none);
    send(SIGABRT);
    return 1;
}
