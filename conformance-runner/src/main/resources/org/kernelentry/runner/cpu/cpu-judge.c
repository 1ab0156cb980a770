// SPDX-License-Identifier: Apache-2.0
/*
 * Runs pieces of machine code from given register states on the CPU it is compiled for, and records what became of them.
 *
 *	cpu-judge FILE
 *
 * FILE is an array of struct cpu_case, read and filled in place. Every piece ends with a signal: the page of code around it
 * holds undefined instructions. The handler writes down the interrupted state, puts the next one into the signal frame,
 * and returns to it. It calls nothing that needs thread-local storage, since the code under test may change its register.
 *
 * Registers of AArch64: x0 to x30, sp, pc, pstate, FPCR, FPSR, v0 to v31 as pairs of words, low word first. Of AArch32: r0 to
 * r14 in the first slots, pc and CPSR where AArch64 has pc and pstate, FPSCR in the place of FPCR and 0 in that of FPSR, d0 to
 * d31 in the first 32 words of the vector registers.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#define PAGE 4096
#define CODE 0x20000000ul
#define CODE_START 0x400
#define DATA 0x20010000ul
#define CODE_BYTES 64

enum { SP = 31, PC = 32, STATUS = 33, FPCR = 34, FPSR = 35, VECTOR = 36, REGISTERS = 100 };

struct cpu_case {
	uint64_t before[REGISTERS];
	uint64_t after[REGISTERS];
	uint64_t signo;
	uint64_t code;
	uint64_t address;
	uint64_t length;
	uint8_t insns[CODE_BYTES];
	uint8_t memory_before[PAGE];
	uint8_t memory_after[PAGE];
};

static struct cpu_case *cases;
static long count;
static long current = -1;

static void leave(int status)
{
	syscall(SYS_exit_group, status);
	__builtin_unreachable();
}

#ifdef __aarch64__

#define FILLER(status) 0u	/* UDF #0 */

struct fpsimd {
	uint32_t magic, size, fpsr, fpcr;
	uint64_t v[64];
};

static struct fpsimd *fpsimd_of(ucontext_t *uc)
{
	char *at = (char *)uc->uc_mcontext.__reserved;

	for (;;) {
		struct fpsimd *f = (struct fpsimd *)at;

		if (f->magic == FPSIMD_MAGIC)
			return f;
		if (!f->magic)
			leave(3);
		at += f->size;
	}
}

static void save(ucontext_t *uc, uint64_t *r)
{
	struct fpsimd *f = fpsimd_of(uc);

	memcpy(r, uc->uc_mcontext.regs, 31 * 8);
	r[SP] = uc->uc_mcontext.sp;
	r[PC] = uc->uc_mcontext.pc;
	r[STATUS] = uc->uc_mcontext.pstate;
	r[FPCR] = f->fpcr;
	r[FPSR] = f->fpsr;
	memcpy(r + VECTOR, f->v, sizeof(f->v));
}

static void restore(ucontext_t *uc, const uint64_t *r)
{
	struct fpsimd *f = fpsimd_of(uc);

	memcpy(uc->uc_mcontext.regs, r, 31 * 8);
	uc->uc_mcontext.sp = r[SP];
	uc->uc_mcontext.pc = r[PC];
	uc->uc_mcontext.pstate = r[STATUS];
	f->fpcr = r[FPCR];
	f->fpsr = r[FPSR];
	memcpy(f->v, r + VECTOR, sizeof(f->v));
	asm volatile("msr tpidr_el0, xzr");
}

static void prepare(void)
{
}

static void settle(void)
{
}

#else

#define PSR_T 0x20
#define FILLER(status) ((status) & PSR_T ? 0xdef0def0u : 0xe7fddef0u)	/* UDF #240 */

#define VFP_MAGIC 0x56465001u

struct vfp {
	uint32_t magic, size;
	uint64_t d[32];
	uint32_t fpscr;
};

static struct vfp *vfp_of(ucontext_t *uc)
{
	char *at = (char *)uc->uc_regspace;

	for (;;) {
		struct vfp *f = (struct vfp *)at;

		if (f->magic == VFP_MAGIC)
			return f;
		if (!f->magic)
			leave(3);
		at += f->size;
	}
}

static void save(ucontext_t *uc, uint64_t *r)
{
	unsigned long *g = &uc->uc_mcontext.arm_r0;
	struct vfp *f = vfp_of(uc);

	for (int i = 0; i < 15; i++)
		r[i] = (uint32_t)g[i];
	r[PC] = (uint32_t)g[15];
	r[STATUS] = (uint32_t)g[16];
	r[FPCR] = f->fpscr;
	memcpy(r + VECTOR, f->d, sizeof(f->d));
}

static void restore(ucontext_t *uc, const uint64_t *r)
{
	unsigned long *g = &uc->uc_mcontext.arm_r0;
	struct vfp *f = vfp_of(uc);

	for (int i = 0; i < 15; i++)
		g[i] = r[i];
	g[15] = r[PC];
	g[16] = r[STATUS];
	f->fpscr = r[FPCR];
	memcpy(f->d, r + VECTOR, sizeof(f->d));
	asm volatile("mcr p15, 0, %0, c13, c0, 2" : : "r"(0));
}

static void prepare(void)
{
	syscall(0xf0005, 0);	/* __ARM_NR_set_tls */
}

/* FPSCR.Len would make floating-point instructions of this program undefined. */
static void settle(void)
{
	asm volatile("vmsr fpscr, %0" : : "r"(0));
}

#endif

static void fill(uint64_t status)
{
	uint32_t *word = (uint32_t *)CODE;
	uint32_t filler = FILLER(status);

	(void)status;
	for (int i = 0; i < PAGE / 4; i++)
		word[i] = filler;
}

static void next(int signo, siginfo_t *info, void *context)
{
	struct cpu_case *c;

	settle();
	if (current >= 0) {
		c = cases + current;
		save(context, c->after);
		c->code = (uint64_t)info->si_code;
		c->address = (uintptr_t)info->si_addr;
		memcpy(c->memory_after, (void *)DATA, PAGE);
		/* Last, since it says that the case is complete. */
		c->signo = (uint64_t)signo;
	}
	if (++current == count)
		leave(0);
	c = cases + current;
	fill(c->before[STATUS]);
	memcpy((void *)(CODE + CODE_START), c->insns, c->length);
	__builtin___clear_cache((char *)CODE, (char *)CODE + PAGE);
	memcpy((void *)DATA, c->memory_before, PAGE);
	restore(context, c->before);
}

int main(int argc, char **argv)
{
	static const int signals[] = { SIGILL, SIGTRAP, SIGBUS, SIGFPE, SIGSEGV, SIGSYS };
	struct sigaction action = { .sa_sigaction = next, .sa_flags = SA_SIGINFO | SA_ONSTACK };
	stack_t stack = { .ss_size = 256 * 1024 };
	struct stat st;
	int fd;

	if (argc != 2 || (fd = open(argv[1], O_RDWR)) < 0 || fstat(fd, &st) < 0)
		return 2;
	count = st.st_size / (long)sizeof(struct cpu_case);
	cases = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	stack.ss_sp = malloc(stack.ss_size);
	if (cases == MAP_FAILED ||
	    mmap((void *)CODE, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED ||
	    mmap((void *)DATA, PAGE, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED ||
	    sigaltstack(&stack, NULL) < 0)
		return 2;
	sigfillset(&action.sa_mask);
	for (unsigned int i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		if (sigaction(signals[i], &action, NULL) < 0)
			return 2;
	prepare();
	syscall(SYS_tgkill, syscall(SYS_getpid), syscall(SYS_gettid), SIGILL);
	return 2;
}
