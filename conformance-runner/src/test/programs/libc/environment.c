/* What a program finds: arguments, environment, auxiliary vector, limits, clocks that do not run backwards. */
#define _GNU_SOURCE
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

int main(int argc, char **argv)
{
    struct timespec before, after, nap = {.tv_nsec = 1000000};
    struct rlimit limit;
    char *again = strdup("A=1");

    for (int i = 1; i < argc; i++)
        printf("[%s]", argv[i]);
    printf(" %d %d\n", argc, argv[argc] == NULL);
    setenv("ADDED", "later", 1);
    putenv(again);
    printf("%s %s %d\n", getenv("ADDED"), getenv("A"), getenv("NONE") == NULL);
    printf("%lu %d %d\n", getauxval(AT_PAGESZ), getauxval(AT_PHDR) != 0, getauxval(AT_RANDOM) != 0);
    printf("%d %d\n", getauxval(AT_ENTRY) != 0, getauxval(AT_SECURE) == 0);
    printf("%ld %d\n", sysconf(_SC_PAGESIZE), sysconf(_SC_NPROCESSORS_ONLN) > 0);
    printf("%d %d\n", getrlimit(RLIMIT_NOFILE, &limit), limit.rlim_cur > 3);
    clock_gettime(CLOCK_MONOTONIC, &before);
    nanosleep(&nap, NULL);
    clock_gettime(CLOCK_MONOTONIC, &after);
    long long slept = (after.tv_sec - before.tv_sec) * 1000000000LL + (after.tv_nsec - before.tv_nsec);
    printf("%d %d\n", slept >= 1000000, time(NULL) > 0);
    time_t day = 86400 * 365;
    struct tm tm;
    char text[40];
    strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S %j %a", gmtime_r(&day, &tm));
    puts(text);

    long page = sysconf(_SC_PAGESIZE);
    char *map = mmap(NULL, (size_t)(4 * page), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memset(map, 7, (size_t)(4 * page));
    printf("%d", munmap(map + page, (size_t)page));
    printf("%d", mprotect(map, (size_t)page, PROT_READ));
    printf(" %d\n", map[0] + map[2 * page]);
    char *moved = mremap(map + 2 * page, (size_t)(2 * page), (size_t)(8 * page), MREMAP_MAYMOVE);
    printf("%d %d\n", moved[0] + moved[2 * page - 1], moved[5 * page]);
    printf("%d %d\n", sbrk(0) != (void *)-1, isatty(0));
    return argc;
}
