/* The widest floating-point type of the architecture: x87 on x86. Formats, functions, conversions, rounding modes, exceptions. */
#include <fenv.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static __attribute__((noinline)) long double twice(float a, double b, long double c)
{
    return a + b + c;
}

int main(void)
{
    static const int modes[] = {FE_TONEAREST, FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO};
    volatile long double values[] = {0.0L, -0.0L, 1.0L, -2.5L, 3.14159265358979323846L, 1e300L, LDBL_MAX, LDBL_MIN, 1e-9L, 12345678901.5L};
    long double sum = 0;
    int exponent;

    for (unsigned i = 0; i < sizeof values / sizeof *values; i++) {
        long double x = values[i], a = fabsl(x), whole;
        printf("%La %Lg %.20Lg\n", x, x, x);
        printf("%.14Lg %.14Lg %.14Lg %.14Lg\n", sqrtl(a), a < 100 ? sinl(x) : 0, a < 100 ? expl(x) : 0, log1pl(a));
        printf("%.14Lg %.14Lg %.14Lg\n", atan2l(x, 2), a < 100 ? tanl(x) : 0, powl(a, 0.3L));
        printf("%.15Lg %.15Lg %.15Lg %.15Lg\n", floorl(x), rintl(x), fmodl(x, 0.7L), remainderl(x, 0.7L));
        printf("%.15Lg", frexpl(x, &exponent));
        printf(" %d %.15Lg\n", exponent, ldexpl(modfl(x, &whole), 3));
        printf("%d %d %d\n", fpclassify(x) == FP_ZERO, signbit(x) != 0, x > 1);
    }
    for (int i = 1; i <= 1000; i++)
        sum += 1.0L / i;
    printf("%La %.18Lf %a %a\n", sum, sum, (double)sum, (double)(float)sum);
    printf("%La\n", twice(1.1f, 2.2, 3.3L));
    printf("%lld %d %ld\n", (long long)-1234567890123.75L, (int)-3.99L, lrintl(2.5L));
    printf("%La %La\n", (long double)0x7fffffffffffffffLL, (long double)0xffffffffffffffffULL);
    printf("%La %La\n", strtold("1.25e-3", NULL), strtold("0x1.8p3", NULL));
    for (int i = 0; i < 4; i++) {
        volatile long double one = 1, three = 3;
        volatile double d = 1, e = 10;
        fesetround(modes[i]);
        printf("%La %a %ld %La\n", one / three, d / e, lrintl(values[3]), rintl(-values[3]));
    }
    fesetround(FE_TONEAREST);
    feclearexcept(FE_ALL_EXCEPT);
    volatile long double zero = values[0], result = values[2] / zero;
    printf("%Lf %d %d\n", result, fetestexcept(FE_DIVBYZERO) != 0, fetestexcept(FE_INVALID) != 0);
    result = zero / zero;
    printf("%d %d %d\n", isnan(result) != 0, fetestexcept(FE_INVALID) != 0, result == result);
    printf("%d %d\n", isless(result, values[2]), isunordered(result, values[2]));
    return 0;
}
