/*
 * The first process of a guest: mounts what the agent reads, connects the agent to the line that the runner holds, and
 * powers the machine off when the agent is gone. Arguments: the devices that may be the line, the best one first.
 *
 * The agent itself is the same program that runs as a plain child process on a host.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define AGENT "/agent"

static int console = -1;

/* A line of our own between the kernel's; the prefix is what the runner looks for. */
static void say(const char *format, ...)
{
    char text[256];
    va_list args;
    int length;

    strcpy(text, "kernel-entry-init: ");
    va_start(args, format);
    vsnprintf(text + strlen(text), sizeof(text) - strlen(text) - 1, format, args);
    va_end(args);
    length = strlen(text);
    text[length++] = '\n';
    if (console >= 0 && write(console, text, length) < 0)
        console = -1;
}

static void power_off(void)
{
    sync();
    reboot(RB_POWER_OFF);
    /* A machine without a switch: stand still, the runner ends it. */
    for (;;)
        pause();
}

static void mount_or_say(const char *type, const char *where)
{
    mkdir(where, 0755);
    if (mount(type, where, type, 0, NULL) && errno != EBUSY)
        say("no %s: %s", type, strerror(errno));
}

/* Opens a device for bytes as they are; a terminal without hardware behind it has no attributes and is no line. */
static int open_raw(const char *path)
{
    struct termios raw;
    int line = open(path, O_RDWR | O_NOCTTY);

    if (line < 0 || strstr(path, "tty") == NULL)
        return line;
    if (tcgetattr(line, &raw) < 0) {
        close(line);
        return -1;
    }
    cfmakeraw(&raw);
    cfsetspeed(&raw, B115200);
    tcsetattr(line, TCSANOW, &raw);
    return line;
}

/* The first of the devices that there is. Those of drivers may appear some time after init starts. */
static int open_line(char **paths, int count, const char **opened)
{
    const struct timespec a_moment = {.tv_nsec = 10 * 1000 * 1000};

    for (int i = 0; i < 500; i++) {
        for (int j = 0; j < count; j++) {
            int line = open_raw(paths[j]);

            if (line >= 0) {
                *opened = paths[j];
                return line;
            }
        }
        nanosleep(&a_moment, NULL);
    }
    return -1;
}

int main(int argc, char **argv)
{
    char *const agent_arguments[] = {AGENT, NULL};
    const char *path = "none";
    pid_t agent, gone;
    int line, status;

    mount_or_say("devtmpfs", "/dev");
    console = open("/dev/console", O_WRONLY | O_NOCTTY);
    if (console < 0) {
        mknod("/dev/console", S_IFCHR | 0600, makedev(5, 1));
        console = open("/dev/console", O_WRONLY | O_NOCTTY);
    }
    mount_or_say("proc", "/proc");
    mount_or_say("sysfs", "/sys");
    mount_or_say("tmpfs", "/tmp");
    mount_or_say("tracefs", "/sys/kernel/tracing");

    line = open_line(argv + 1, argc - 1, &path);
    if (line < 0) {
        say("no line to the runner: %s", strerror(errno));
        power_off();
    }
    say("started, line %s", path);

    agent = fork();
    if (agent == 0) {
        dup2(line, 0);
        dup2(line, 1);
        dup2(console, 2);
        if (line > 2)
            close(line);
        setsid();
        execv(AGENT, agent_arguments);
        say("cannot execute " AGENT ": %s", strerror(errno));
        _exit(127);
    }
    do {
        gone = wait(&status);
    } while (gone != agent && (gone > 0 || errno == EINTR));
    if (WIFSIGNALED(status))
        say("the agent was killed by signal %d", WTERMSIG(status));
    else
        say("the agent exited with %d", WEXITSTATUS(status));
    power_off();
}
