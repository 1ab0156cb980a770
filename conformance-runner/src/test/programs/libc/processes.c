/* Processes: fork, exec of itself, wait, pipes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    int ends[2], status;
    char line[100];
    ssize_t n;
    pid_t child;

    if (argc > 1) {
        printf("executed with %d arguments, the last is \"%s\", X is %s\n", argc, argv[argc - 1], getenv("X"));
        return 9;
    }
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
    if (child == 0) {
        char *args[] = {argv[0], "one", "two words", NULL};
        char *env[] = {"X=y", NULL};
        execve("/proc/self/exe", args, env);
        _exit(100);
    }
    if (wait(&status) != child)
        return 3;
    printf("exited %d\n", WEXITSTATUS(status));
    child = fork();
    if (child == 0)
        abort();
    wait(&status);
    printf("killed by %d\n", WTERMSIG(status));
    return 0;
}
