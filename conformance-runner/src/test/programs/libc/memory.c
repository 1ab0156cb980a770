/* The heap: many sizes, realloc, large blocks, what is in them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void)
{
    static unsigned char *blocks[200];
    static size_t sizes[200];
    unsigned state = 12345;
    unsigned long sum = 0;

    for (int round = 0; round < 1500; round++) {
        state = state * 1103515245 + 12345;
        int i = state >> 16 & 127;
        size_t size = round % 200 == 0 ? 300000 : (state >> 8) % 3000 + 1;
        if (blocks[i] && round % 3 == 0) {
            for (size_t k = 0; k < sizes[i]; k++)
                sum += blocks[i][k];
            free(blocks[i]);
            blocks[i] = NULL;
            continue;
        }
        size_t before = blocks[i] ? sizes[i] : 0;
        blocks[i] = realloc(blocks[i], size);
        if (!blocks[i])
            return 1;
        if (size > before)
            memset(blocks[i] + before, i, size - before);
        sizes[i] = size;
    }
    for (int i = 0; i < 200; i++)
        free(blocks[i]);
    unsigned char *zero = calloc(1000, 1000);
    for (int i = 0; i < 1000000; i += 997)
        sum += zero[i];
    printf("%lu\n", sum);
    return 0;
}
