/* Loads and stores of every width at every offset, across pages; tables of jumps and of functions; deep recursion. */
#include "freestanding.h"

static u8 bytes[3 * 4096];
static u64 hash = 1;

struct __attribute__((packed)) packed {
    u8 pad;
    u64 wide;
    u16 half;
    u32 word;
    signed char narrow;
    short sshort;
};

static void add(u64 value)
{
    hash = hash * 6364136223846793005ull + value;
}

static __attribute__((noinline)) int state_machine(const char *text)
{
    int state = 0;
    for (; *text; text++) {
        switch (*text) {
        case '0': case '1': case '2': case '3': case '4':
            state = state * 5 + (*text - '0');
            break;
        case '+': state += 17; break;
        case '-': state -= 5; break;
        case '*': state *= 3; break;
        case '/': state /= 2; break;
        case '%': state %= 97; break;
        case '<': state = (int)((unsigned)state << 3); break;
        case '>': state >>= 1; break;
        default: state = ~state; break;
        }
    }
    return state;
}

static int inc(int x) { return x + 1; }
static int dec(int x) { return x - 1; }
static int twice(int x) { return 2 * x; }
static int negative(int x) { return -x; }
static int (*volatile functions[4])(int) = {inc, dec, twice, negative};

static __attribute__((noinline)) u32 ackermann(u32 m, u32 n)
{
    return m == 0 ? n + 1 : n == 0 ? ackermann(m - 1, 1) : ackermann(m - 1, ackermann(m, n - 1));
}

int main(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    for (u32 i = 0; i < sizeof bytes; i++)
        bytes[i] = (u8)next_random();
    for (u32 at = 4096 - 40; at < 4096 + 40; at++) {
        volatile struct packed *p = (volatile struct packed *)(bytes + at);
        add(p->wide);
        add(p->half);
        add(p->word);
        add((u64)(s64)p->narrow);
        add((u64)(s64)p->sshort);
        p->wide ^= hash;
        p->half = (u16)(p->half + hash);
        p->word -= 3;
        p->narrow = (signed char)-p->narrow;
        p->sshort = (short)(p->sshort / 3);
    }
    for (u32 i = 0; i < sizeof bytes; i++)
        add(bytes[i]);
    add((u64)(u32)state_machine("12+34*2-%<x4>>/3*1023+*+*+-0%444//<<x1"));
    int x = 7;
    for (int i = 0; i < 64; i++)
        x = functions[(i * 7 + x) & 3](x) % 100003;
    add((u64)(u32)x);
    add(ackermann(2, 300));
    print_hex("memory", hash);
    return 0;
}
