/* Functions that call themselves and each other: calls, returns and the stack, a number of times. */
#include "freestanding.h"

static int fib(int n)
{
    return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

/* Takeuchi's: three calls, and one of their results. */
static int tak(int x, int y, int z)
{
    return y < x ? tak(tak(x - 1, y, z), tak(y - 1, z, x), tak(z - 1, x, y)) : z;
}

static int ackermann(int m, int n)
{
    if (m == 0)
        return n + 1;
    return ackermann(m - 1, n == 0 ? 1 : ackermann(m, n - 1));
}

/* Hofstadter's: each calls the other, twice removed. */
static int male(int n);

static int female(int n)
{
    return n == 0 ? 1 : n - male(female(n - 1));
}

static int male(int n)
{
    return n == 0 ? 0 : n - female(male(n - 1));
}

int main(int argc, char **argv)
{
    u32 rounds = amount(argc, argv, 2);
    u32 sum = 0;

    for (u32 round = 0; round < rounds; round++) {
        int more = round & 1;

        sum = sum * 31 + fib(19 + more);
        sum = sum * 31 + tak(12, 8, 4 + more);
        sum = sum * 31 + ackermann(2, 60 + more);
        sum = sum * 31 + female(40 + more);
        round_done(sum);
    }
    print_hex("recursion", sum);
    return 0;
}
