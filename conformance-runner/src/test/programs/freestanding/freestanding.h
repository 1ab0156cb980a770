/* What a program without a C library needs: an entry, system calls, a few ways to print. */
#ifndef FREESTANDING_H
#define FREESTANDING_H

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef int s32;
typedef long long s64;
typedef __SIZE_TYPE__ size_t;

#if defined(__x86_64__)
#define NR_WRITE 1
#define NR_EXIT 231
#define NR_CLOCK_GETTIME 228
static long syscall5(long nr, long a, long b, long c, long d, long e)
{
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    long result;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "0"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8)
                     : "rcx", "r11", "memory");
    return result;
}
__asm__(".globl _start\n_start:\n\txor %ebp, %ebp\n\tmov %rsp, %rdi\n\tand $-16, %rsp\n\tcall begin\n\thlt\n");
#elif defined(__i386__)
#define NR_WRITE 4
#define NR_EXIT 252
#define NR_CLOCK_GETTIME 265
static long syscall5(long nr, long a, long b, long c, long d, long e)
{
    long result;
    __asm__ volatile("int $0x80" : "=a"(result) : "0"(nr), "b"(a), "c"(b), "d"(c), "S"(d), "D"(e) : "memory");
    return result;
}
__asm__(".globl _start\n_start:\n\txor %ebp, %ebp\n\tmov %esp, %eax\n\tand $-16, %esp\n\tsub $12, %esp\n\tpush %eax\n\tcall begin\n\thlt\n");
#elif defined(__aarch64__)
#define NR_WRITE 64
#define NR_EXIT 94
#define NR_CLOCK_GETTIME 113
static long syscall5(long nr, long a, long b, long c, long d, long e)
{
    register long x8 __asm__("x8") = nr;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;
    register long x4 __asm__("x4") = e;
    __asm__ volatile("svc #0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4) : "memory");
    return x0;
}
__asm__(".globl _start\n_start:\n\tmov x29, #0\n\tmov x0, sp\n\tbl begin\n\tbrk #0\n");
#elif defined(__arm__)
#define NR_WRITE 4
#define NR_EXIT 248
#define NR_CLOCK_GETTIME 263
static long syscall5(long nr, long a, long b, long c, long d, long e)
{
    register long r0 __asm__("r0") = a;
    register long r1 __asm__("r1") = b;
    register long r2 __asm__("r2") = c;
    register long r3 __asm__("r3") = d;
    register long r4 __asm__("r4") = e;
    /* r7 may be the frame pointer of Thumb code. */
    __asm__ volatile("push {r7}\n\tmov r7, %1\n\tsvc #0\n\tpop {r7}"
                     : "+r"(r0) : "r"(nr), "r"(r1), "r"(r2), "r"(r3), "r"(r4) : "memory");
    return r0;
}
__asm__(".globl _start\n.arm\n.type _start, %function\n_start:\n\tmov fp, #0\n\tmov r0, sp\n\tbic sp, sp, #7\n\tblx begin\n\tudf #0\n");
#else
#error "no such architecture here"
#endif

static __attribute__((unused)) long syscall3(long nr, long a, long b, long c)
{
    return syscall5(nr, a, b, c, 0, 0);
}

int main(int argc, char **argv);

__attribute__((noreturn)) static void exit_now(int status)
{
    for (;;)
        syscall3(NR_EXIT, status, 0, 0);
}

__attribute__((noreturn, used)) void begin(long *stack)
{
    exit_now(main((int)stack[0], (char **)(stack + 1)));
}

/* The compiler may call these by itself. */
__attribute__((used)) void *memset(void *to, int value, size_t n)
{
    volatile u8 *p = to;
    while (n--)
        *p++ = (u8)value;
    return to;
}

__attribute__((used)) void *memcpy(void *to, const void *from, size_t n)
{
    volatile u8 *p = to;
    const u8 *q = from;
    while (n--)
        *p++ = *q++;
    return to;
}

/* Division by zero in the compiler's own library. */
__attribute__((used)) int raise(int signal)
{
    exit_now(128 + signal);
}

static void print(const char *text)
{
    size_t n = 0;
    while (text[n])
        n++;
    syscall3(NR_WRITE, 1, (long)text, (long)n);
}

static void hex(char *to, u64 value)
{
    for (int i = 0; i < 16; i++)
        to[i] = "0123456789abcdef"[value >> (60 - 4 * i) & 15];
}

static void print_hex(const char *name, u64 value)
{
    char line[17];
    hex(line, value);
    line[16] = 0;
    print(name);
    print(" ");
    print(line);
    print("\n");
}

/* The first argument as a number, or a default: how much is to be done. */
static __attribute__((unused)) u32 amount(int argc, char **argv, u32 otherwise)
{
    u32 n = 0;
    if (argc < 2)
        return otherwise;
    for (const char *p = argv[1]; *p >= '0' && *p <= '9'; p++)
        n = n * 10 + (u32)(*p - '0');
    return n;
}

/*
 * Where the programs are timed (-DTIMED), each round ends with a line: the processor time used so far, as the system has it, and what came out of the
 * round.
 */
static __attribute__((unused)) void round_done(u64 value)
{
#ifdef TIMED
    long now[2];
    char line[34];
    syscall3(NR_CLOCK_GETTIME, 2 /* CLOCK_PROCESS_CPUTIME_ID */, (long)now, 0);
    hex(line, (u64)now[0] * 1000000000u + (u64)now[1]);
    line[16] = ' ';
    hex(line + 17, value);
    line[33] = '\n';
    syscall3(NR_WRITE, 1, (long)line, sizeof line);
#else
    (void)value;
#endif
}

/* xorshift32: the same numbers everywhere. */
static u32 random_state = 2463534242u;

static __attribute__((unused)) u32 next_random(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return random_state;
}

#endif
