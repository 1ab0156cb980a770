/* Quicksort and heapsort of random words, a number of times, and what came out of it. */
#include "freestanding.h"

#define WORDS 4096
static u32 words[WORDS];

static void quicksort(u32 *a, int from, int to)
{
    while (from < to) {
        u32 pivot = a[(from + to) / 2];
        int i = from, j = to;
        while (i <= j) {
            while (a[i] < pivot)
                i++;
            while (a[j] > pivot)
                j--;
            if (i <= j) {
                u32 t = a[i];
                a[i++] = a[j];
                a[j--] = t;
            }
        }
        if (j - from < to - i) {
            quicksort(a, from, j);
            from = i;
        } else {
            quicksort(a, i, to);
            to = j;
        }
    }
}

static void sift(u32 *a, int root, int n)
{
    for (;;) {
        int child = 2 * root + 1;
        if (child >= n)
            return;
        if (child + 1 < n && a[child] < a[child + 1])
            child++;
        if (a[root] >= a[child])
            return;
        u32 t = a[root];
        a[root] = a[child];
        a[child] = t;
        root = child;
    }
}

static void heapsort(u32 *a, int n)
{
    for (int i = n / 2 - 1; i >= 0; i--)
        sift(a, i, n);
    for (int i = n - 1; i > 0; i--) {
        u32 t = a[0];
        a[0] = a[i];
        a[i] = t;
        sift(a, 0, i);
    }
}

int main(int argc, char **argv)
{
    u32 rounds = amount(argc, argv, 2);
    u64 hash = 0;

    for (u32 round = 0; round < rounds; round++) {
        for (int i = 0; i < WORDS; i++)
            words[i] = next_random();
        if (round & 1)
            heapsort(words, WORDS);
        else
            quicksort(words, 0, WORDS - 1);
        for (int i = 0; i < WORDS; i++) {
            if (i > 0 && words[i - 1] > words[i])
                print("not sorted\n");
            hash = hash * 31 + words[i];
        }
        round_done(hash);
    }
    print_hex("sorted", hash);
    return 0;
}
