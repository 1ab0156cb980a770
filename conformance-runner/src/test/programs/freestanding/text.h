/* The functions for strings that strings.c needs: a word at a time where C has to do it, by the string instructions where x86 has some. */
#ifndef TEXT_H
#define TEXT_H

#include "freestanding.h"

typedef unsigned long __attribute__((may_alias)) word;

/* Not zero if one of the bytes is. */
static word zero_bytes(word w)
{
    return (w - ~0ul / 255) & ~w & ~0ul / 255 << 7;
}

static size_t strnlen(const char *s, size_t n)
{
    size_t i = 0;
    for (; i < n && (unsigned long)(s + i) % sizeof(word); i++)
        if (!s[i])
            return i;
    while (i < n && !zero_bytes(*(const word *)(s + i)))
        i += sizeof(word);
    for (; i < n; i++)
        if (!s[i])
            return i;
    return n;
}

static char *strcpy(char *to, const char *from)
{
    for (size_t i = 0; (to[i] = from[i]); i++)
        __asm__ volatile("");
    return to;
}

static int strncmp(const char *a, const char *b, size_t n)
{
    for (; n > 0; n--, a++, b++)
        if (*a != *b || !*a)
            return (u8)*a - (u8)*b;
    return 0;
}

static int strcmp(const char *a, const char *b)
{
    return strncmp(a, b, ~(size_t)0);
}

static char *strchr(const char *s, int c)
{
    for (; *s != (char)c; s++)
        if (!*s)
            return 0;
    return (char *)s;
}

static char *strrchr(const char *s, int c)
{
    const char *last = 0;
    do
        last = *s == (char)c ? s : last;
    while (*s++);
    return (char *)last;
}

#if defined(__x86_64__) || defined(__i386__)
static size_t strlen(const char *s)
{
    const char *end = s;
    size_t left = ~(size_t)0;
    __asm__("repne scasb" : "+D"(end), "+c"(left) : "a"(0) : "cc", "memory");
    return (size_t)(end - s) - 1;
}

static void *memmove(void *to, const void *from, size_t n)
{
    u8 *p = to;
    const u8 *q = from;
    if ((size_t)(p - q) >= n) {
        __asm__ volatile("rep movsb" : "+D"(p), "+S"(q), "+c"(n) : : "memory");
    } else {
        p += n - 1;
        q += n - 1;
        __asm__ volatile("std\n\trep movsb\n\tcld" : "+D"(p), "+S"(q), "+c"(n) : : "cc", "memory");
    }
    return to;
}

static int memcmp(const void *a, const void *b, size_t n)
{
    const u8 *p = a, *q = b;
    if (n == 0)
        return 0;
    __asm__("repe cmpsb" : "+S"(p), "+D"(q), "+c"(n) : : "cc", "memory");
    return p[-1] - q[-1];
}
#else
static size_t strlen(const char *s)
{
    return strnlen(s, ~(size_t)0);
}

static void *memmove(void *to, const void *from, size_t n)
{
    volatile u8 *p = to;
    const volatile u8 *q = from;
    if ((size_t)(p - q) >= n) {
        for (; n && (unsigned long)p % sizeof(word); n--)
            *p++ = *q++;
        for (; n >= sizeof(word); n -= sizeof(word), p += sizeof(word), q += sizeof(word))
            *(volatile word *)p = *(const volatile word *)q;
    } else {
        while (n--)
            p[n] = q[n];
        return to;
    }
    while (n--)
        *p++ = *q++;
    return to;
}

static int memcmp(const void *a, const void *b, size_t n)
{
    const u8 *p = a, *q = b;
    for (; n >= sizeof(word) && *(const word *)p == *(const word *)q; n -= sizeof(word)) {
        p += sizeof(word);
        q += sizeof(word);
    }
    for (; n > 0; n--, p++, q++)
        if (*p != *q)
            return *p - *q;
    return 0;
}
#endif

#endif
