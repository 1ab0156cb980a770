/* Pipes: a pipeline of three processes, poll and select, one that would block, one that is broken, waiting for each. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

/* A child whose standard input and output are pipes, and which changes each byte by a number. */
static pid_t stage(int in, int out, int add, int other)
{
    pid_t child = fork();
    if (child == 0) {
        char c;
        if (other >= 0)
            close(other);
        dup2(in, 0);
        dup2(out, 1);
        close(in);
        close(out);
        while (read(0, &c, 1) == 1) {
            c = (char)(c + add);
            if (write(1, &c, 1) != 1)
                _exit(9);
        }
        _exit(add);
    }
    close(in);
    close(out);
    return child;
}

int main(void)
{
    int first[2], second[2], third[2], status;
    char line[64] = {0};
    siginfo_t info;

    if (pipe(first) || pipe(second) || pipe2(third, O_NONBLOCK))
        return 1;
    printf("%d", (int)read(third[0], line, 1));
    printf(" %d\n", errno == EAGAIN);
    int flags = fcntl(third[0], F_GETFL);
    printf("%d\n", (flags & O_NONBLOCK) != 0);
    fcntl(third[0], F_SETFL, flags & ~O_NONBLOCK);

    fflush(stdout);
    fcntl(first[1], F_SETFD, FD_CLOEXEC);
    pid_t one = stage(first[0], second[1], 1, first[1]);
    pid_t two = stage(second[0], third[1], 2, first[1]);
    struct pollfd p = {.fd = third[0], .events = POLLIN};
    printf("%d\n", poll(&p, 1, 0));
    struct iovec parts[] = {{"ab", 2}, {"XYZ", 3}};
    printf("%d\n", (int)writev(first[1], parts, 2));
    printf("%d", poll(&p, 1, 10000));
    printf(" %d\n", p.revents == POLLIN);
    fd_set set;
    FD_ZERO(&set);
    FD_SET(third[0], &set);
    printf("%d", select(third[0] + 1, &set, NULL, NULL, NULL));
    printf(" %d\n", !!FD_ISSET(third[0], &set));
    close(first[1]);
    size_t n = 0;
    for (ssize_t r; (r = read(third[0], line + n, sizeof line - n)) > 0;)
        n += (size_t)r;
    printf("%zu %s\n", n, line);
    if (waitid(P_PID, (id_t)two, &info, WEXITED))
        return 2;
    printf("%d %d\n", info.si_code == CLD_EXITED, info.si_status);
    if (waitpid(one, &status, 0) != one)
        return 3;
    printf("%d\n", WEXITSTATUS(status));
    printf("%d", (int)waitpid(-1, &status, 0));
    printf(" %d\n", errno == ECHILD);

    if (pipe(first))
        return 4;
    close(first[0]);
    signal(SIGPIPE, SIG_IGN);
    printf("%d", (int)write(first[1], "x", 1));
    printf(" %d\n", errno == EPIPE);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        signal(SIGPIPE, SIG_DFL);
        if (write(first[1], "x", 1) != 1)
            _exit(1);
        _exit(0);
    }
    waitpid(child, &status, 0);
    printf("%d\n", WIFSIGNALED(status) && WTERMSIG(status) == SIGPIPE);
    child = fork();
    if (child == 0)
        for (;;)
            pause();
    kill(child, SIGSTOP);
    waitpid(child, &status, WUNTRACED);
    printf("%d\n", WIFSTOPPED(status));
    kill(child, SIGCONT);
    kill(child, SIGTERM);
    waitpid(child, &status, 0);
    printf("%d\n", WTERMSIG(status));
    return 0;
}
