/* Text without a C library: strings at every alignment and at the end of what is mapped, numbers and words, UTF-8, Base64, searching, sorting. */
#include "system.h"
#include "text.h"
#include "../alignments.h"

static char text[] = "the quick brown fox jumps over the lazy dog while the five boxing wizards jump quickly \316\261\342\202\254\360\237\220\247";
static __attribute__((aligned(65536))) char pages[2 * 65536];

/* A string before a page that may not be read, where a function that reads too much is noticed. */
static void edges(void)
{
    if (syscall3(NR_MPROTECT, (long)(pages + 65536), 65536, 0))
        print("no mprotect\n");
    for (int n = 0; n < 40; n++) {
        char *s = pages + 65536 - n - 1;
        for (int i = 0; i < n; i++)
            s[i] = (char)('A' + i % 26);
        s[n] = 0;
        add((long)strlen(s) + 7 * (long)strnlen(s, (size_t)n / 2));
        add(memcmp(s, text, (size_t)n + 1) < 0);
        add(strchr(s, 'Z') != 0);
        memmove(s - 3, s, (size_t)n + 1);
        memmove(s, s - 3, (size_t)n + 1);
        add(s[n / 2]);
    }
    print_hex("edges", hash);
}

static int decimal(char *to, s64 value)
{
    char digits[20];
    int n = 0, length = 0;
    u64 rest = value < 0 ? -(u64)value : (u64)value;
    do
        digits[n++] = (char)('0' + rest % 10);
    while (rest /= 10);
    if (value < 0)
        to[length++] = '-';
    while (n)
        to[length++] = digits[--n];
    to[length] = 0;
    return length;
}

static s64 number(const char *s)
{
    int negative = *s == '-';
    u64 value = 0;
    for (s += negative; *s >= '0' && *s <= '9'; s++)
        value = value * 10 + (u64)(*s - '0');
    return (s64)(negative ? -value : value);
}

static void numbers(void)
{
    static const s64 some[] = {0, -1, 9, 10, -12345, 4294967296, -9223372036854775807 - 1, 9223372036854775807};
    char line[30];
    for (unsigned i = 0; i < sizeof some / sizeof *some; i++) {
        int n = decimal(line, some[i]);
        print(line);
        print(number(line) == some[i] && (int)strlen(line) == n ? " " : "? ");
    }
    print("\n");
}

/* Code points; -1 for what is none. */
static int utf8(const u8 **at)
{
    const u8 *p = *at;
    int more = *p < 0x80 ? 0 : *p >> 5 == 6 ? 1 : *p >> 4 == 14 ? 2 : *p >> 3 == 30 ? 3 : -1;
    int value = more == 0 ? *p : *p & (0x3f >> more);
    for (p++; more > 0 && *p >> 6 == 2; more--)
        value = value << 6 | (*p++ & 0x3f);
    *at = p;
    return more == 0 ? value : -1;
}

static void base64(const char *from, size_t n)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char line[200];
    size_t at = 0;
    for (size_t i = 0; i < n; i += 3) {
        u32 group = (u32)(u8)from[i] << 16 | (i + 1 < n ? (u32)(u8)from[i + 1] << 8 : 0) | (i + 2 < n ? (u8)from[i + 2] : 0);
        for (size_t k = 0; k < 4; k++)
            line[at++] = i + k > n ? '=' : alphabet[group >> (18 - 6 * k) & 63];
    }
    line[at] = 0;
    print(line);
    print("\n");
}

/* Horspool's search. */
static int find(const char *in, const char *what)
{
    u8 skip[256];
    int n = (int)strlen(in), m = (int)strlen(what);
    memset(skip, m, sizeof skip);
    for (int i = 0; i < m - 1; i++)
        skip[(u8)what[i]] = (u8)(m - 1 - i);
    for (int at = 0; at + m <= n; at += skip[(u8)in[at + m - 1]])
        if (memcmp(in + at, what, (size_t)m) == 0)
            return at;
    return -1;
}

static void words(void)
{
    static char copy[sizeof text];
    char *list[40];
    int n = 0;
    strcpy(copy, text);
    for (char *p = copy; p;) {
        list[n++] = p;
        p = strchr(p, ' ');
        if (p)
            *p++ = 0;
    }
    for (int i = 1; i < n; i++)
        for (int k = i; k > 0 && strcmp(list[k - 1], list[k]) > 0; k--) {
            char *other = list[k];
            list[k] = list[k - 1];
            list[k - 1] = other;
        }
    for (int i = 0; i < n; i++) {
        for (char *p = list[i]; *p; p++)
            *p = (char)(*p >= 'a' && *p <= 'z' && (p == list[i]) ? *p - 32 : *p);
        print(list[i]);
        print(i + 1 < n ? " " : "\n");
    }
}

int main(int argc, char **argv)
{
    (void)argc;
    print(argv[0][strlen(argv[0])] || strrchr(argv[0], '/') == 0 ? "?\n" : "");
    print_hex("alignments", alignments());
    edges();
    numbers();
    for (const u8 *p = (const u8 *)text + 84; *p;)
        print_hex("point", (u64)(s64)utf8(&p));
    base64(text, 40);
    base64(text, 41);
    base64(text + 60, sizeof text - 61);
    print_hex("found", (u64)find(text, "wizards") << 32 | (u32)find(text, "quickly") << 16 | (u16)find(text, "cat"));
    words();
    return 17;
}
