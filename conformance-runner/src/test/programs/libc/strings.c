/* Text: the string functions at every alignment, conversions both ways, wide characters, formats, sorting, searching. */
#define _GNU_SOURCE
#include <ctype.h>
#include <errno.h>
#include <locale.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <wchar.h>
#include "../alignments.h"

static int by_value(const void *x, const void *y)
{
    unsigned a = *(const unsigned *)x, b = *(const unsigned *)y;
    return a < b ? -1 : a > b;
}

int main(void)
{
    char line[200], *end, *save;
    wchar_t wide[40];
    unsigned numbers[300];

    printf("%08x\n", alignments());
    printf("%ld %lu %lld", strtol("  -0x7fzz", &end, 0), strtoul("777", NULL, 8), strtoll("9223372036854775808", NULL, 10));
    printf(" \"%s\" %d\n", end, errno == ERANGE);
    snprintf(line, sizeof line, "%5d|%-5d|%05d|%+d|%x|%#o|%c|%.3s|%*d|%hhd|%zu", 42, 42, 42, 42, 48879, 8, 'x', "string", 6, 7, 300, sizeof(int));
    puts(line);
    int a, n;
    char word[20];
    unsigned h;
    n = sscanf("12 words and 0xbeef", "%d %19s and %x", &a, word, &h);
    printf("%d %d %s %x\n", n, a, word, h);
    strcpy(line, "one,two;three,,four");
    for (char *t = strtok_r(line, ",;", &save); t; t = strtok_r(NULL, ",;", &save))
        printf("<%s>", t);
    printf("\n%zu %zu %s\n", strspn("aabbc", "ab"), strcspn("aabbc", "c"), strpbrk("key=value", "=") + 1);
    printf("%d %d %s\n", strcasecmp("HeLLo", "hEllO"), strcmp("a", "b") < 0, strcasestr("A Needle", "needle"));
    printf("%s\n", (char *)memmem("haystack", 8, "st", 2));
    for (unsigned i = 0; i < 300; i++)
        numbers[i] = i * 2654435761u % 10007;
    qsort(numbers, 300, sizeof *numbers, by_value);
    unsigned key = numbers[123];
    for (unsigned i = 0; i < 300; i += 37)
        printf("%u ", numbers[i]);
    printf("%d\n", *(unsigned *)bsearch(&key, numbers, 300, sizeof *numbers, by_value) == key);
    printf("%d%d%d %c\n", !!isalpha('x'), !!isdigit('x'), !!ispunct('!'), toupper('q'));
    setlocale(LC_ALL, "C");
    swprintf(wide, 40, L"%d %ls", 5, L"wide");
    printf("%zu %ls\n", wcslen(wide), wide);
    printf("%jd %ju\n", INTMAX_MIN, UINTMAX_MAX);
    return 17;
}
