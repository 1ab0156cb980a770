/* The functions for strings and memory at every alignment and with the tail of every length; whose they are, the including program decides. */
static unsigned hash;

static void add(long value)
{
    hash = (hash ^ (unsigned)value) * 16777619u;
}

static unsigned alignments(void)
{
    static char a[256], b[256], c[256];
    for (int from = 0; from < 17; from++)
        for (int to = 0; to < 17; to += 5)
            for (int n = 0; n < 100; n += n < 18 ? 1 : 11) {
                for (int i = 0; i < 256; i++) {
                    a[i] = (char)('a' + i % 23);
                    b[i] = c[i] = '-';
                }
                a[from + n] = 0;
                add((long)strlen(a + from));
                strcpy(b + to, a + from);
                memmove(c + to, a + from, (size_t)n + 1);
                add(strcmp(b + to, c + to));
                add(memcmp(b, c, sizeof b) == 0);
                add(strchr(a + from, 'm') ? (long)(strchr(a + from, 'm') - a) : -1);
                add(strrchr(a + from, 'c') ? (long)(strrchr(a + from, 'c') - a) : -1);
                add((long)strnlen(a + from, 50));
                c[to + n / 2] ^= 1;
                int order = strncmp(b + to, c + to, (size_t)n);
                add(order < 0 ? -1 : order > 0);
                memset(b + to, n, (size_t)n);
                memmove(b + to + 3, b + to, (size_t)n);
                for (int i = 0; i < 256; i += 11)
                    add(b[i]);
            }
    return hash;
}
