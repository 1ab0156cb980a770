/*
 * A frame is one line: "@KEC SEQ CRC TEXT\n", SEQ and CRC in hexadecimal. Only printable characters, so that a serial line
 * needs no 8-bit mode and lines of the kernel's console in between are told apart. A damaged frame is ignored: the runner
 * sends the request again, and a request with the number of the last one is answered with the last reply, not done again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent.h"

static char line[FRAME_MAX];
static char last_reply[FRAME_MAX];
static unsigned last_seq;

static uint32_t crc32(const char *bytes, size_t count)
{
	uint32_t crc = ~0u;

	while (count--) {
		crc ^= (unsigned char)*bytes++;
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
	}
	return ~crc;
}

static void write_all(const char *bytes, size_t count)
{
	while (count) {
		ssize_t done = write(STDOUT_FILENO, bytes, count);

		if (done <= 0)
			exit(2);
		bytes += done;
		count -= done;
	}
}

/* The next line without its end; 0 at the end of input. Lines that are too long are dropped. */
static int read_line(void)
{
	static char buffer[4096];
	static ssize_t have, at;
	size_t length = 0;

	for (;;) {
		if (at == have) {
			have = read(STDIN_FILENO, buffer, sizeof(buffer));
			at = 0;
			if (have <= 0)
				return 0;
		}
		char c = buffer[at++];

		if (c == '\n') {
			if (length < sizeof(line)) {
				line[length] = 0;
				return 1;
			}
			length = 0;
		} else if (length < sizeof(line)) {
			line[length++] = c;
			if (length == sizeof(line))
				length++;
		}
	}
}

int frame_read(unsigned *seq, char **text)
{
	while (read_line()) {
		char *start = strstr(line, "@KEC ");
		char *end;

		if (!start)
			continue;
		unsigned number = strtoul(start + 5, &end, 16);

		if (*end != ' ')
			continue;
		uint32_t crc = strtoul(end + 1, &end, 16);

		if (*end != ' ')
			continue;
		size_t length = strlen(end + 1);

		if (length && end[length] == '\r')
			end[length--] = 0;
		if (crc32(end + 1, length) != crc)
			continue;
		if (number == last_seq && last_reply[0]) {
			write_all(last_reply, strlen(last_reply));
			continue;
		}
		*seq = number;
		*text = end + 1;
		return 1;
	}
	return 0;
}

void frame_write(unsigned seq, const char *text)
{
	last_seq = seq;
	snprintf(last_reply, sizeof(last_reply), "@KEC %x %08x %s\n", seq, (unsigned)crc32(text, strlen(text)), text);
	write_all(last_reply, strlen(last_reply));
}

static int digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

size_t hex_decode(const char *hex, unsigned char *out, size_t max)
{
	size_t count = 0;

	for (; count < max && digit(hex[0]) >= 0 && digit(hex[1]) >= 0; hex += 2)
		out[count++] = digit(hex[0]) << 4 | digit(hex[1]);
	return count;
}

void hex_encode(const unsigned char *bytes, size_t count, char *out)
{
	static const char digits[] = "0123456789abcdef";

	while (count--) {
		*out++ = digits[*bytes >> 4];
		*out++ = digits[*bytes++ & 15];
	}
	*out = 0;
}
