/* CRC-32 by table over a buffer, a number of times. */
#include "freestanding.h"

static u32 table[256];
static u8 buffer[1 << 16];

int main(int argc, char **argv)
{
    u32 rounds = amount(argc, argv, 4);
    u32 crc = 0;

    for (u32 i = 0; i < 256; i++) {
        u32 value = i;
        for (int bit = 0; bit < 8; bit++)
            value = value & 1 ? value >> 1 ^ 0xedb88320u : value >> 1;
        table[i] = value;
    }
    for (u32 i = 0; i < sizeof buffer; i++)
        buffer[i] = (u8)next_random();
    for (u32 round = 0; round < rounds; round++) {
        crc = ~crc;
        for (u32 i = 0; i < sizeof buffer; i++)
            crc = crc >> 8 ^ table[(crc ^ buffer[i]) & 255];
        crc = ~crc;
        round_done(crc);
    }
    print_hex("crc32", crc);
    return 0;
}
