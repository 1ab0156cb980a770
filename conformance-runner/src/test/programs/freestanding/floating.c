/* Floating point as compilers emit it: arithmetic of every width, conversions, comparisons, vectors, rounding modes, exceptions; results as bits. */
#include "freestanding.h"

typedef float vfloat __attribute__((vector_size(16)));
typedef double vdouble __attribute__((vector_size(16)));
typedef s32 vint __attribute__((vector_size(16)));

static u64 hash;

static void add(u64 value)
{
    hash = (hash ^ value) * 0x100000001b3ull;
    hash ^= hash >> 29;
}

static u64 bits(double value)
{
    union {
        double d;
        u64 u;
    } both = {value};
    return both.u;
}

static u32 bits32(float value)
{
    union {
        float f;
        u32 u;
    } both = {value};
    return both.u;
}

static double of_bits(u64 value)
{
    union {
        u64 u;
        double d;
    } both = {value};
    return both.d;
}

/* The widest type: 80 bits of x87, 128 of arm64 in the compiler's own library, 64 on arm. */
static void add_long(long double value)
{
    union {
        long double l;
        u8 bytes[16];
    } both = {value};
    for (unsigned i = 0; i < (__LDBL_MANT_DIG__ == 64 ? 10 : sizeof value); i++)
        add(both.bytes[i]);
}

/* --- What the processor keeps: rounding and exceptions, by the registers of each ------------------------------- */

enum { NEAREST, DOWN, UP, ZERO };

#if defined(__x86_64__) || defined(__i386__)
static void rounding(unsigned mode)
{
    u16 control;
    __asm__ volatile("fnstcw %0" : "=m"(control));
    control = (u16)((control & ~0xc00u) | mode << 10);
    __asm__ volatile("fldcw %0" : : "m"(control));
#ifdef __SSE2__
    u32 mxcsr;
    __asm__ volatile("stmxcsr %0" : "=m"(mxcsr));
    mxcsr = (mxcsr & ~0x6000u) | mode << 13;
    __asm__ volatile("ldmxcsr %0" : : "m"(mxcsr));
#endif
}

/* Invalid, denormal, by zero, overflow, underflow, inexact; none afterwards. */
static u32 exceptions(void)
{
    u16 status;
    __asm__ volatile("fnstsw %0\n\tfnclex" : "=m"(status));
#ifdef __SSE2__
    u32 mxcsr, clear;
    __asm__ volatile("stmxcsr %0" : "=m"(mxcsr));
    clear = mxcsr & ~63u;
    __asm__ volatile("ldmxcsr %0" : : "m"(clear));
    return (status & 63u) << 8 | (mxcsr & 63);
#else
    return status & 63;
#endif
}
#else
#if defined(__aarch64__)
#define READ(value, control, status) __asm__ volatile("mrs %0, " control : "=r"(value))
#define WRITE(value, control, status) __asm__ volatile("msr " control ", %0" : : "r"(value))
#else
#define READ(value, control, status) __asm__ volatile("vmrs %0, " status : "=r"(value))
#define WRITE(value, control, status) __asm__ volatile("vmsr " status ", %0" : : "r"(value))
#endif

static void rounding(unsigned mode)
{
    static const u8 codes[] = {0, 2, 1, 3};
    unsigned long control;
    READ(control, "fpcr", "fpscr");
    control = (control & ~0xc00000ul) | (unsigned long)codes[mode] << 22;
    WRITE(control, "fpcr", "fpscr");
}

/* Invalid, by zero, overflow, underflow, inexact, and input denormal; none afterwards. */
static u32 exceptions(void)
{
    unsigned long status, clear;
    READ(status, "fpsr", "fpscr");
    clear = status & ~0x9ful;
    WRITE(clear, "fpsr", "fpscr");
    return status & 0x9f;
}
#endif

/* --- The work --------------------------------------------------------------------------------------------------- */

static const u64 corners[] = {0,
                              0x8000000000000000ull,
                              0x3ff0000000000000ull,
                              0xbff8000000000000ull,
                              0x400921fb54442d18ull,
                              1,
                              0x800fffffffffffffull,
                              0x0010000000000000ull,
                              0x7fefffffffffffffull,
                              0x7ff0000000000000ull,
                              0xfff0000000000000ull,
                              0x7ff8000000001234ull,
                              0x7ff0000000000042ull,
                              0x36a0000000000000ull,
                              0x47efffffffffffffull,
                              0x41dfffffffc00000ull,
                              0x43e0000000000000ull};

static __attribute__((noinline)) void arithmetic(double a, double b)
{
    float f = (float)a, g = (float)b;
    add(bits(a + b));
    add(bits(a - b));
    add(bits(a * b));
    add(bits(a / b));
    add(bits(-a));
    add(bits(__builtin_fabs(b)));
    add(bits(__builtin_sqrt(__builtin_fabs(a))));
    add(bits(a * b + 1.5));
    add(bits32(f + g));
    add(bits32(f - g));
    add(bits32(f * g));
    add(bits32(f / g));
    add(bits32(__builtin_sqrtf(__builtin_fabsf(g))));
    add(bits((double)f * g));
    add_long((long double)a + b);
    add_long((long double)a * b / 3);
    add((u64)((a < b) + 2 * (a <= b) + 4 * (a == b) + 8 * (a != b) + 16 * (a >= b) + 32 * (a > b)));
    add((u64)((f < g) + 2 * __builtin_isunordered(a, b) + 4 * __builtin_isless(a, b) + 8 * !!__builtin_isnan(f)));
    add(bits(a < b ? a : b));
    add(exceptions());
}

/* Where C says what comes out: what does not fit is the processor's. */
static __attribute__((noinline)) void conversions(double a, u64 n)
{
    double small = a > -2e9 && a < 2e9 ? a : 7.75;
    double large = a > -9e18 && a < 9e18 ? a : -7.5e15;
    add((u64)(s64)(s32)small);
    add((u64)(u32)__builtin_fabs(small));
    add((u64)(s64)large);
    add((u64)__builtin_fabs(large));
    add((u64)(s64)(s32)(float)(small / 2));
    add((u64)(s64)(short)(s32)small);
    add(bits((double)(s32)n));
    add(bits((double)(u32)n));
    add(bits((double)(s64)n));
    add(bits((double)n));
    add(bits32((float)(s32)n));
    add(bits32((float)(u32)n));
    add(bits32((float)(s64)n));
    add(bits32((float)n));
    add(bits((double)(s64)(long double)(s64)n));
    add_long((long double)n);
    add(exceptions());
}

static __attribute__((noinline)) void vectors(u32 n)
{
    vfloat a = {(float)n, 1.5f, -2.25f, 1e-3f}, b = {3, (float)(s32)n, 0.1f, -7};
    vdouble c = {(double)n, 0.3}, d = {-1.75, (double)(s32)n + 0.5};
    vint i = {(s32)n, -5, 77, 123456};
    for (int round = 0; round < 5; round++) {
        a = a * b + a / (b * b + 1);
        b = b - a * 0.25f;
        c = c * d - c / (d * d + 2);
        d = d + c * 0.125;
        i = (i << 3) - (i >> 2) * 7 + __builtin_convertvector(b > a, vint);
        a = __builtin_shuffle(a, b, (vint){2, 5, 0, 7});
    }
    for (int k = 0; k < 4; k++) {
        add(bits32(a[k]));
        add(bits32(b[k]));
        add((u32)i[k]);
        add(bits32(__builtin_convertvector(i, vfloat)[k]));
    }
    add(bits(c[0]) ^ bits(c[1]) >> 1);
    add(bits(d[0]) ^ bits(d[1]) >> 1);
}

static double sine(double x)
{
    double term = x, sum = x;
    for (int n = 1; n < 14; n++) {
        term = -term * x * x / (2 * n * (2 * n + 1));
        sum += term;
    }
    return sum;
}

/* Gauss' elimination of a 12 by 12 system; the solution is one of the numbers from 1 on. */
static double solve(void)
{
    enum { N = 12 };
    static double m[N][N + 1];
    double error = 0;
    for (int i = 0; i < N; i++) {
        m[i][N] = 0;
        for (int k = 0; k < N; k++) {
            m[i][k] = (double)(s32)next_random() / 65536.0 + (i == k ? 1e5 : 0);
            m[i][N] += m[i][k] * (k + 1);
        }
    }
    for (int i = 0; i < N; i++)
        for (int row = 0; row < N; row++) {
            if (row == i)
                continue;
            double factor = m[row][i] / m[i][i];
            for (int k = i; k <= N; k++)
                m[row][k] -= factor * m[i][k];
        }
    for (int i = 0; i < N; i++) {
        double x = m[i][N] / m[i][i];
        add(bits(x));
        error = __builtin_fabs(x - (i + 1)) > error ? __builtin_fabs(x - (i + 1)) : error;
    }
    return error;
}

static u32 mandelbrot(void)
{
    u32 steps = 0;
    for (int y = -12; y <= 12; y++)
        for (int x = -24; x <= 12; x++) {
            float _Complex c = (float)x / 12 + 1.0if * ((float)y / 10), z = 0;
            for (int n = 0; n < 30 && __real__ z * __real__ z + __imag__ z * __imag__ z < 4; n++, steps++)
                z = z * z + c;
        }
    return steps;
}

static void modes(void)
{
    for (unsigned mode = NEAREST; mode <= ZERO; mode++) {
        volatile double one = 1, three = 3, ten = -10, huge = 1.7e308, tiny = 1e-308;
        volatile float f = 1, g = -7;
        volatile s64 odd = 0x7ffffffffffffdffll;
        rounding(mode);
        print_hex("third", bits(one / three));
        print_hex("tenth", bits(one / ten));
        print_hex("seventh", bits32(f / g));
        print_hex("cancelled", bits(one - one));
        print_hex("integer", bits((double)odd));
        print_hex("overflow", bits(huge * ten));
        print_hex("underflow", bits(tiny / huge));
        print_hex("narrow", bits32((float)(one / three)));
        print_hex("exceptions", exceptions());
    }
    rounding(NEAREST);
}

int main(int argc, char **argv)
{
    int n = sizeof corners / sizeof *corners;
    u32 rounds = amount(argc, argv, 300);

    for (u32 i = 0; i < (u32)(n * n) + rounds; i++) {
        u64 random = (u64)next_random() << 32 | next_random();
        double a = of_bits(i < (u32)(n * n) ? corners[i / n] : random);
        double b = of_bits(i < (u32)(n * n) ? corners[i % n] : (u64)next_random() << 32 | next_random());
        arithmetic(a, b);
        conversions(a, random >> (i & 63));
        if (i % 50 == 49)
            print_hex("hash", hash);
    }
    for (u32 i = 0; i < 40; i++)
        vectors(next_random());
    print_hex("vectors", hash);
    for (int i = -8; i <= 8; i++)
        add(bits(sine(i * 0.375)));
    print_hex("sine", bits(sine(1)));
    print_hex("solved", solve() < 1e-6);
    print_hex("mandelbrot", mandelbrot());
    modes();
    print_hex("floating", hash);
    return 0;
}
