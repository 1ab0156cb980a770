/* Trace events of the kernel, by the files of tracefs (linux v7.3 Documentation/trace/events.rst). */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "agent.h"

#define TRACEFS "/sys/kernel/tracing/"

static int put(const char *file, const char *text)
{
	char path[256];

	snprintf(path, sizeof(path), TRACEFS "%s", file);
	int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	int result = fd < 0 || write(fd, text, strlen(text)) < 0 ? -errno : 0;

	if (fd >= 0)
		close(fd);
	return result;
}

/* Records an event, "raw_syscalls" or "rcu:rcu_utilization", of a task and those that it makes. */
int trace_on(pid_t pid, const char *event)
{
	char file[128], text[16];
	const char *colon = strchr(event, ':');
	int result;

	snprintf(text, sizeof(text), "%d", pid);
	snprintf(file, sizeof(file), "events/%.*s/%s%senable", colon ? (int)(colon - event) : (int)strlen(event), event,
		 colon ? colon + 1 : "", colon ? "/" : "");
	if ((result = put("options/event-fork", "1")) || (result = put("set_event_pid", text)) ||
	    (result = put(file, "1")))
		return result;
	return put("tracing_on", "1");
}

/* Records nothing more and forgets what was recorded. */
int trace_off(void)
{
	int result = put("events/enable", "0");

	put("set_event_pid", "");
	return result ? result : put("trace", "");
}
