/* A process that becomes this program again, with other arguments and another environment. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    int status;
    pid_t child;

    if (argc > 1) {
        printf("executed with %d arguments, the last is \"%s\", X is %s\n", argc, argv[argc - 1], getenv("X"));
        return 9;
    }
    child = fork();
    if (child == 0) {
        char *args[] = {argv[0], "one", "two words", NULL};
        char *env[] = {"X=y", NULL};
        execve("/no/such/program", args, env);
        execve("/proc/self/exe", args, env);
        _exit(100);
    }
    if (wait(&status) != child)
        return 3;
    printf("exited %d\n", WEXITSTATUS(status));
    return 0;
}
