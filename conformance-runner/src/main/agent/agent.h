/* The observer on a real kernel: what a scenario's tracer does, on request of the runner. */
#ifndef AGENT_H
#define AGENT_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Longest request or reply, as text. */
#define FRAME_MAX (256 * 1024)
/* Most of a file that one reply holds, in bytes. */
#define FILE_PART (48 * 1024)

/* frame.c: requests and replies as lines of plain text with a number and a checksum. */
int frame_read(unsigned *seq, char **text);
void frame_write(unsigned seq, const char *text);
/* Decodes hexadecimal digits; returns the number of bytes, at most max. */
size_t hex_decode(const char *hex, unsigned char *out, size_t max);
void hex_encode(const unsigned char *bytes, size_t count, char *out);

/* guest.c: the guest program as a process. Bit 0 of the address where it begins chooses Thumb state on arm. */
int guest_spawn(const char *code_hex, const char *data_hex, unsigned long begin);
long guest_prepare(pid_t pid);
void guest_go(void);
int guest_end(void);
const unsigned char *guest_notes(void);
/* Size of the notes up to the last byte that is not 0. */
size_t guest_notes_size(void);
size_t guest_output(unsigned char *out, size_t max);
/* The file that the notes are in. */
int guest_notes_file(void);
/* Becomes a guest program that notes in that file of another process. */
void guest_execute(const char *code_hex, const char *data_hex, unsigned long begin, const char *notes_path);

/* tracer.c: requests about tasks; each writes its reply as text. */
void tracer_wait(int options, long milliseconds, char *reply);
void tracer_ptrace(long request, pid_t pid, unsigned long address, unsigned long data, char *reply);
void tracer_get_regset(pid_t pid, long type, char *reply);
void tracer_set_regset(pid_t pid, long type, const char *hex, char *reply);
void tracer_siginfo(pid_t pid, char *reply);
void tracer_syscall(pid_t pid, char *text, size_t size);
void tracer_syscall_number(pid_t pid, char *reply);
void tracer_message(pid_t pid, char *reply);
void tracer_peek(pid_t pid, unsigned long long address, unsigned size, char *reply);
void tracer_poke(pid_t pid, unsigned long long address, const char *hex, char *reply);
void tracer_signal(pid_t task, const int *signals, int count, char *reply);
void tracer_asleep(pid_t pid, long milliseconds, char *reply);

/* trace.c: trace events; the runner reads them from the file itself. 0 or a negative error number. */
int trace_on(pid_t pid, const char *event);
int trace_off(void);

/* audit.c: audit records. 0 or a negative error number; audit_read gives a length. */
int audit_open(void);
int audit_on(void);
int audit_all(void);
int audit_off(void);
int audit_read(char *text, size_t size);

/* execute.c: programs of guests as files, made after the guest was spawned. 0 or a negative error number. */
int executable_write(const char *path, const char *code_hex, const char *data_hex, unsigned long begin);
/* In a program that was executed by such a path: becomes the guest program. Returns in any other. */
void executable_run(void);
/* Removes all files. */
void executable_remove(void);

#endif
