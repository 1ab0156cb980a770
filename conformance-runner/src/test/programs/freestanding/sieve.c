/* The sieve of Eratosthenes, a number of times. */
#include "freestanding.h"

#define LIMIT 65536
static u8 composite[LIMIT];

int main(int argc, char **argv)
{
    u32 rounds = amount(argc, argv, 4);
    u32 primes = 0;

    for (u32 round = 0; round < rounds; round++) {
        for (u32 i = 0; i < LIMIT; i++)
            composite[i] = 0;
        primes = 0;
        for (u32 i = 2; i < LIMIT; i++) {
            if (composite[i])
                continue;
            primes++;
            for (u32 j = i + i; j < LIMIT; j += i)
                composite[j] = 1;
        }
        round_done(primes);
    }
    print_hex("primes", primes);
    return primes == 6542 ? 0 : 1;
}
