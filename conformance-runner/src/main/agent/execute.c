/*
 * Programs that a guest executes: such a file is this very program by another name, and beside it is a file with the guest program that it
 * becomes. What it does before its first instruction are calls of the new program, too.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "agent.h"

#define MOST 4

static char *paths[MOST];
static char text[FRAME_MAX];

static void beside(const char *path, char *name)
{
	snprintf(name, PATH_MAX, "%s.guest", path);
}

int executable_write(const char *path, const char *code_hex, const char *data_hex, unsigned long begin)
{
	char own[PATH_MAX], name[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", own, sizeof(own) - 1);
	int i = 0;

	while (i < MOST && paths[i])
		i++;
	if (i == MOST)
		return -ENFILE;
	if (length < 0)
		return -errno;
	own[length] = 0;
	beside(path, name);
	paths[i] = strdup(path);
	unlink(path);
	FILE *file = fopen(name, "we");

	if (!file || link(own, path))
		return -errno;
	fprintf(file, "%lu /proc/%d/fd/%d %s %s", begin, getpid(), guest_notes_file(), code_hex, data_hex);
	return fclose(file) ? -errno : 0;
}

void executable_run(void)
{
	char name[PATH_MAX], notes[64];
	unsigned long begin;
	int used;

	beside((const char *)getauxval(AT_EXECFN), name);
	int fd = open(name, O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	if (fd >= 0)
		close(fd);
	if (length <= 0)
		return;
	text[length] = 0;
	if (sscanf(text, "%lu %63s %n", &begin, notes, &used) != 2)
		exit(126);
	char *data = strchr(text + used, ' ');

	guest_execute(text + used, data ? data + 1 : "", begin, notes);
}

void executable_remove(void)
{
	char name[PATH_MAX];

	for (int i = 0; i < MOST && paths[i]; i++) {
		beside(paths[i], name);
		unlink(name);
		unlink(paths[i]);
		free(paths[i]);
		paths[i] = NULL;
	}
}
