/* Files in /tmp: writing, seeking, reading back, renaming, directories, errors. */
#define _FILE_OFFSET_BITS 64
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int main(void)
{
    char folder[64], name[80], other[80], line[80];
    struct stat st;
    int entries = 0;

    snprintf(folder, sizeof folder, "/tmp/conformance-%d", (int)getpid());
    snprintf(name, sizeof name, "%s/file", folder);
    snprintf(other, sizeof other, "%s/other", folder);
    if (mkdir(folder, 0700))
        return 1;
    FILE *file = fopen(name, "w+");
    if (!file)
        return 2;
    for (int i = 0; i < 1000; i++)
        fprintf(file, "line %d\n", i);
    fseek(file, 7 * 3, SEEK_SET);
    if (!fgets(line, sizeof line, file))
        return 3;
    printf("%s", line);
    fseek(file, -9, SEEK_END);
    fputs("LAST", file);
    fclose(file);
    if (stat(name, &st))
        return 4;
    printf("%ld bytes, regular %d, %o\n", (long)st.st_size, S_ISREG(st.st_mode), (unsigned)st.st_mode & 0600);
    rename(name, other);
    printf("%d", access(name, F_OK));
    printf(" %d\n", errno == ENOENT);
    int fd = open(other, O_RDONLY);
    char tail[10] = {0};
    printf("%d", (int)pread(fd, tail, 9, st.st_size - 9));
    printf(" %.8s\n", tail);
    printf("%d", (int)write(fd, "x", 1));
    printf(" %d\n", errno == EBADF);
    close(fd);
    if (truncate(other, 10) || stat(other, &st))
        return 5;
    printf("%ld\n", (long)st.st_size);
    DIR *dir = opendir(folder);
    for (struct dirent *e; (e = readdir(dir));)
        if (e->d_name[0] != '.')
            entries += strcmp(e->d_name, "other") == 0 ? 1 : 100;
    closedir(dir);
    printf("%d entries\n", entries);
    printf("%d", rmdir(folder));
    printf(" %d\n", errno == ENOTEMPTY);
    unlink(other);
    printf("%d\n", rmdir(folder));
    printf("%d", open("/no/such/file", O_RDONLY));
    printf(" %s\n", strerror(errno));
    return 0;
}
