/* Jumps out of functions: setjmp and longjmp by the registers each architecture keeps, the compiler's own, variable arguments, computed gotos. */
#include "freestanding.h"
#include "jumps.h"

static jump back, inner;
static u64 hash;

static void add(u64 value)
{
    hash = hash * 6364136223846793005ull + value;
}

/* Uses all registers that a function has to keep, so that what is in them at the jump is not what was there. */
static __attribute__((noinline)) void deep(int n, u64 a, u64 b, double x, double y)
{
    if (n == 0)
        long_jump(a & 1 ? back : inner, (int)(b & 0xff) + 1);
    double z = x * y + n, w = x - y;
    deep(n - 1, a, b ^ (b << 7 | a >> 3), z / 1.5, w * 0.75);
    /* Never reached; keeps what is above from being a loop. */
    add((u64)(z + w) + a * b);
}

/* What was in registers when set_jump() returned first, and has not changed since, is there when it returns again. */
static __attribute__((noinline)) void kept(u64 seed)
{
    u64 a = seed * 3, b = seed ^ 0x55aa, c = seed << 9, d = ~seed, e = seed + 77;
    double x = (double)(s64)seed / 3, y = x * x, z = y - x, w = 1 / (x + 0.5);
    volatile int times = 0;
    int value = set_jump(back);
    add(a ^ b ^ c ^ d ^ e);
    add((u64)(x + y + z + w));
    add((u64)value);
    if (++times < 4)
        deep(3 * times, seed * 2 + 1, seed + (u64)times, 2.5, 1.25);
    add((u64)(s64)(x * 8) + (u64)(s64)(y * 4) + (u64)(s64)(z * 2) + (u64)(s64)(w * 1000) + a + b + c + d + e);
}

/* A jump inside of what the other jump comes back to. */
static __attribute__((noinline)) int nested(void)
{
    volatile int inside = 0, outside = 0;
    if (set_jump(back) == 0 || outside < 3) {
        if (set_jump(inner) == 0 || inside % 5 != 4) {
            inside++;
            deep(inside, 2, 1, 0.5, 3);
        }
        inside++;
        outside++;
        deep(2, 3, 4, 0.25, 7);
    }
    return inside * 16 + outside;
}

static void *buffer[5];

static __attribute__((noinline)) void leave(int n)
{
    volatile char frame[64];
    frame[n] = (char)n;
    if (n == 0)
        __builtin_longjmp(buffer, 1);
    leave(n - 1);
    add((u64)frame[n]);
}

static __attribute__((noinline)) int builtin(void)
{
    volatile int times = 0;
    if (__builtin_setjmp(buffer) == 0 || times < 6) {
        times++;
        leave(4 * times);
    }
    return times;
}

static __attribute__((noinline)) u64 sum(int n, ...)
{
    __builtin_va_list list;
    u64 total = 0;
    __builtin_va_start(list, n);
    for (int i = 0; i < n; i++)
        switch (i % 3) {
        case 0:
            total += (u64)__builtin_va_arg(list, int);
            break;
        case 1:
            total = total * 31 + __builtin_va_arg(list, u64);
            break;
        default:
            total ^= (u64)(s64)(__builtin_va_arg(list, double) * 16);
        }
    __builtin_va_end(list);
    return total;
}

/* A little machine whose instructions are addresses of labels. */
static __attribute__((noinline)) u32 threaded(const u8 *code, u32 x)
{
    static const void *const labels[] = {&&twice, &&inc, &&odd, &&loop, &&end};
    u32 left = 10;
    const u8 *at = code;
#define NEXT goto *labels[*at++]
    NEXT;
twice:
    x *= 2;
    NEXT;
inc:
    x += 3;
    NEXT;
odd:
    x = x & 1 ? x * 5 + 1 : x / 2;
    NEXT;
loop:
    if (left-- > 0)
        at = code;
    NEXT;
end:
    return x;
}

int main(int argc, char **argv)
{
    static const u8 code[] = {0, 1, 2, 2, 1, 3, 4};

    for (u32 i = 0; i < amount(argc, argv, 20); i++)
        kept(next_random() % 1000000);
    print_hex("kept", hash);
    print_hex("nested", (u64)nested());
    print_hex("builtin", (u64)builtin());
    print_hex("sum", sum(12, 1, 1ull << 40, 2.5, -3, ~0ull, -1e6, 5, 6ull, 0.0625, 7, 8ull, 1e9));
    print_hex("threaded", threaded(code, 1234567));
    print_hex("jumps", hash);
    return 3;
}
