/* Thread-local variables: a block for each thread, filled from what the linker left, and the register that points to it. */
#ifndef TLS_H
#define TLS_H

#include "system.h"

struct program_header {
#if __SIZEOF_POINTER__ == 8
    u32 type, flags;
    unsigned long offset, address, physical, file_size, memory_size, align;
#else
    u32 type;
    unsigned long offset, address, physical, file_size, memory_size;
    u32 flags;
    unsigned long align;
#endif
};

/* The file's header, as the linker calls it; where it has the program headers and their number. */
extern const u8 __ehdr_start[];
#define PROGRAM_HEADERS (*(const unsigned long *)(__ehdr_start + (sizeof(long) == 8 ? 32 : 28)))
#define PROGRAM_HEADER_COUNT (*(const u16 *)(__ehdr_start + (sizeof(long) == 8 ? 56 : 44)))
enum { PT_TLS = 7 };

/* Fills a block of memory; the thread pointer for it. On x86 the variables end at it, on arm they begin two words after it. */
static void *thread_pointer(void *block, size_t size)
{
    const struct program_header *header = (const struct program_header *)(__ehdr_start + PROGRAM_HEADERS);
    for (int i = 0; i < PROGRAM_HEADER_COUNT; i++, header++) {
        if (header->type != PT_TLS)
            continue;
#if defined(__x86_64__) || defined(__i386__)
        char *pointer = (char *)(((unsigned long)block + size - sizeof(long)) & -header->align);
        char *variables = pointer - ((header->memory_size + header->align - 1) & -header->align);
        *(void **)pointer = pointer;
#else
        char *pointer = (char *)(((unsigned long)block + header->align - 1) & -header->align);
        char *variables = pointer + ((2 * sizeof(long) + header->align - 1) & -header->align);
        if (variables + header->memory_size > (char *)block + size)
            return 0;
#endif
        memcpy(variables, (const void *)header->address, header->file_size);
        memset(variables + header->file_size, 0, header->memory_size - header->file_size);
        return pointer;
    }
    return 0;
}

#ifdef __i386__
/* An entry of the table of segments: user_desc. */
struct segment {
    int entry;
    void *base;
    u32 limit, flags;
};

static int segment_entry = -1;

static struct segment segment_of(void *pointer)
{
    /* 32-bit, limit in pages, usable. */
    struct segment segment = {segment_entry, pointer, 0xfffff, 0x51};
    return segment;
}
#endif

static void use_thread_pointer(void *pointer)
{
#if defined(__x86_64__)
    syscall3(158 /* arch_prctl */, 0x1002 /* ARCH_SET_FS */, (long)pointer, 0);
#elif defined(__i386__)
    struct segment segment = segment_of(pointer);
    syscall3(243 /* set_thread_area */, (long)&segment, 0, 0);
    segment_entry = segment.entry;
    __asm__ volatile("mov %w0, %%gs" : : "r"(segment_entry * 8 + 3));
#elif defined(__aarch64__)
    __asm__ volatile("msr tpidr_el0, %0" : : "r"(pointer));
#else
    syscall3(0xf0005 /* ARM_set_tls */, (long)pointer, 0, 0);
#endif
}

#endif
