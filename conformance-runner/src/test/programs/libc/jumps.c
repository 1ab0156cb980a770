/* setjmp and longjmp, variable arguments, qsort, bsearch, 64-bit division. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static jmp_buf back;

static void deep(int n)
{
    if (n == 0)
        longjmp(back, 42);
    deep(n - 1);
}

static long long sum(int n, ...)
{
    va_list list;
    long long total = 0;
    va_start(list, n);
    for (int i = 0; i < n; i++)
        total += i & 1 ? va_arg(list, long long) : (long long)va_arg(list, int);
    va_end(list);
    return total;
}

static int order(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int main(void)
{
    const char *words[] = {"pear", "apple", "fig", "quince", "date", "cherry", "banana"};
    int n = sizeof words / sizeof *words;
    volatile int rounds = 0;
    int value = setjmp(back);

    if (value == 0 || rounds < 3) {
        rounds++;
        deep(5 * rounds);
    }
    printf("jumped %d times with %d\n", rounds, value);
    printf("%lld\n", sum(6, 1, 1LL << 40, -3, -(1LL << 41), 5, 6LL));
    qsort(words, n, sizeof *words, order);
    for (int i = 0; i < n; i++)
        printf("%s%c", words[i], i + 1 < n ? ' ' : '\n');
    volatile long long big = 0x123456789abcdefLL, small = -12345;
    volatile unsigned long long u = ~0ULL;
    printf("%lld %lld %llu %llu\n", big / small, big % small, u / 10, u % 1000003);
    printf("%s %zu %d\n", strstr("needle in a haystack", "hay"), strlen("twelve chars"), memcmp("abc", "abd", 3) < 0);
    return 3;
}
