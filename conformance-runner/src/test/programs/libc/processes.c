/* Processes: fork, wait, a pipe, one that is killed. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    int ends[2], status;
    char line[100];
    ssize_t n;
    pid_t child;

    if (pipe(ends))
        return 1;
    child = fork();
    if (child == 0) {
        close(ends[0]);
        if (write(ends[1], "from the child\n", 15) != 15)
            _exit(1);
        _exit(7);
    }
    close(ends[1]);
    while ((n = read(ends[0], line, sizeof line)) > 0)
        fwrite(line, 1, n, stdout);
    if (waitpid(child, &status, 0) != child)
        return 2;
    printf("exited %d %d\n", WIFEXITED(status), WEXITSTATUS(status));
    fflush(stdout);
    child = fork();
    if (child == 0)
        abort();
    wait(&status);
    printf("killed by %d\n", WTERMSIG(status));
    return 0;
}
