/* Integer arithmetic of every width: sums, products, quotients, shifts, rotations, bit counts, overflow. */
#include "freestanding.h"

static u64 hash;

static void add(u64 value)
{
    hash = (hash ^ value) * 0x100000001b3ull;
    hash ^= hash >> 29;
}

static __attribute__((noinline)) u64 random64(void)
{
    u64 high = next_random();
    return high << 32 | next_random();
}

#define WIDTH(U, S, bits)                                                                          \
    static __attribute__((noinline)) void test##bits(U a, U b, unsigned n)                          \
    {                                                                                              \
        U sum, product;                                                                            \
        S ssum;                                                                                    \
        add((U)(a + b));                                                                           \
        add((U)(a - b));                                                                           \
        add((U)(a * b));                                                                           \
        add((U)((S)a / (S)(b | 1)));                                                               \
        add((U)((S)a % (S)(b | 1)));                                                               \
        add((U)(a / (b | 1)));                                                                     \
        add((U)(a % (b | 1)));                                                                     \
        add((U)(a << n));                                                                          \
        add((U)(a >> n));                                                                          \
        add((U)((S)a >> n));                                                                       \
        add((U)(a << n | a >> ((bits - n) & (bits - 1))));                                         \
        add((U)(~a & b) | (U)(a ^ -b));                                                            \
        add(a < b);                                                                                \
        add((S)a < (S)b);                                                                          \
        add(a <= b ? a : b);                                                                       \
        add((U)((S)a >= (S)b ? a : b));                                                            \
        add(__builtin_add_overflow(a, b, &sum));                                                   \
        add(__builtin_mul_overflow(a, b, &product));                                               \
        add(__builtin_sub_overflow((S)a, (S)b, &ssum));                                            \
        add((U)ssum);                                                                              \
    }

WIDTH(u8, signed char, 8)
WIDTH(u16, short, 16)
WIDTH(u32, s32, 32)
WIDTH(u64, s64, 64)

int main(int argc, char **argv)
{
    static const u64 corners[] = {0, 1, 2, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000u,
                                  0xffffffffu, 0x7fffffffffffffffull, 0x8000000000000000ull, ~0ull};
    u32 rounds = amount(argc, argv, 200);
    int n = sizeof corners / sizeof *corners;

    for (u32 i = 0; i < rounds + (u32)(n * n); i++) {
        u64 a = i < (u32)(n * n) ? corners[i / n] : random64();
        u64 b = i < (u32)(n * n) ? corners[i % n] : random64();
        /* The one quotient that does not fit. */
        if (b == ~0ull)
            b = 3;
        if ((u32)b == 0xffffffffu || (u16)b == 0xffff)
            b ^= 0x10002;
        test8((u8)a, (u8)b & 0x7f, i & 7);
        test16((u16)a, (u16)b, i & 15);
        test32((u32)a, (u32)b, i & 31);
        test64(a, b, i & 63);
        add((u64)__builtin_popcountll(a));
        add((u64)__builtin_clzll(a | 1));
        add((u64)__builtin_ctzll(a | 1ull << 63));
        add(__builtin_bswap64(a) ^ __builtin_bswap32((u32)b));
        add((u64)((s64)(s32)a * (s32)b) ^ (u64)(u32)a * (u32)b);
#ifdef __SIZEOF_INT128__
        add((u64)((unsigned __int128)a * b >> 64));
        add((u64)(((unsigned __int128)a << 64 | b) / (b | 1) >> 17));
#else
        {
            u64 al = (u32)a, ah = a >> 32, bl = (u32)b, bh = b >> 32;
            u64 middle = ah * bl + (al * bl >> 32);
            u64 other = al * bh + (u32)middle;
            add(ah * bh + (middle >> 32) + (other >> 32));
        }
#endif
    }
#ifndef __SIZEOF_INT128__
    print("64-bit\n");
#endif
    print_hex("integers", hash);
    return (int)(hash & 63);
}
