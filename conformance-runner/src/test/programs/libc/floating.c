/* Floating point: printing in all formats, the mathematical functions, conversions, sums in several orders. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

int main(void)
{
    static const double values[] = {0.0, -0.0, 1.0, -1.5, 3.141592653589793, 1e-310, 1.7976931348623157e308, 1e22, 123456.789, 0.1};
    volatile float single = 16777217.0f;
    double sum = 0;

    for (unsigned i = 0; i < sizeof values / sizeof *values; i++) {
        volatile double x = values[i];
        printf("%a %g %.17g %.3f %e\n", x, x, x, fabs(x) < 1e20 ? x : 1.0, x);
        printf("%.12g %.12g %.12g %.12g\n", sqrt(fabs(x)), sin(x), exp(x > 10 ? 10 : x), log(fabs(x) + 1));
        printf("%.12g %.12g %d\n", floor(x), fmod(x, 0.7), x > 0 ? 1 : x < 0 ? -1 : 0);
    }
    for (int i = 1; i <= 1000; i++)
        sum += 1.0 / i;
    printf("%a %a %g\n", sum, (double)(float)sum, (double)single);
    printf("%d %lld %u\n", (int)-3.99, (long long)1e15, (unsigned)4e9);
    printf("%g %g %g\n", strtod("1.25e-3", NULL), atof("0x1.8p3"), (double)strtof("2.5", NULL));
    printf("%f %f %d\n", INFINITY, -INFINITY, isnan(NAN) != 0);
    return 0;
}
