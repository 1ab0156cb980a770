/* setjmp() and longjmp(): the registers that a function has to keep. */
#ifndef JUMPS_H
#define JUMPS_H

#if defined(__x86_64__)
typedef long jump[8];
__asm__(".globl set_jump\nset_jump:\n\tmov (%rsp), %rdx\n\tlea 8(%rsp), %rcx\n\tmov %rbx, (%rdi)\n\tmov %rbp, 8(%rdi)\n\tmov %r12, 16(%rdi)\n\tmov %r13, 24(%rdi)\n\t"
        "mov %r14, 32(%rdi)\n\tmov %r15, 40(%rdi)\n\tmov %rcx, 48(%rdi)\n\tmov %rdx, 56(%rdi)\n\txor %eax, %eax\n\tret\n"
        ".globl long_jump\nlong_jump:\n\tmov %esi, %eax\n\tmov (%rdi), %rbx\n\tmov 8(%rdi), %rbp\n\tmov 16(%rdi), %r12\n\tmov 24(%rdi), %r13\n\t"
        "mov 32(%rdi), %r14\n\tmov 40(%rdi), %r15\n\tmov 48(%rdi), %rsp\n\tjmp *56(%rdi)\n");
#elif defined(__i386__)
typedef long jump[6];
__asm__(".globl set_jump\nset_jump:\n\tmov 4(%esp), %eax\n\tmov (%esp), %edx\n\tlea 4(%esp), %ecx\n\tmov %ebx, (%eax)\n\tmov %esi, 4(%eax)\n\tmov %edi, 8(%eax)\n\t"
        "mov %ebp, 12(%eax)\n\tmov %ecx, 16(%eax)\n\tmov %edx, 20(%eax)\n\txor %eax, %eax\n\tret\n"
        ".globl long_jump\nlong_jump:\n\tmov 4(%esp), %edx\n\tmov 8(%esp), %eax\n\tmov (%edx), %ebx\n\tmov 4(%edx), %esi\n\tmov 8(%edx), %edi\n\t"
        "mov 12(%edx), %ebp\n\tmov 16(%edx), %esp\n\tjmp *20(%edx)\n");
#elif defined(__aarch64__)
typedef long jump[21];
__asm__(".globl set_jump\nset_jump:\n\tmov x9, sp\n\tstp x19, x20, [x0], #16\n\tstp x21, x22, [x0], #16\n\tstp x23, x24, [x0], #16\n\tstp x25, x26, [x0], #16\n\t"
        "stp x27, x28, [x0], #16\n\tstp x29, x30, [x0], #16\n\tstp d8, d9, [x0], #16\n\tstp d10, d11, [x0], #16\n\tstp d12, d13, [x0], #16\n\t"
        "stp d14, d15, [x0], #16\n\tstr x9, [x0]\n\tmov w0, #0\n\tret\n"
        ".globl long_jump\nlong_jump:\n\tldp x19, x20, [x0], #16\n\tldp x21, x22, [x0], #16\n\tldp x23, x24, [x0], #16\n\tldp x25, x26, [x0], #16\n\t"
        "ldp x27, x28, [x0], #16\n\tldp x29, x30, [x0], #16\n\tldp d8, d9, [x0], #16\n\tldp d10, d11, [x0], #16\n\tldp d12, d13, [x0], #16\n\t"
        "ldp d14, d15, [x0], #16\n\tldr x9, [x0]\n\tmov sp, x9\n\tmov w0, w1\n\tret\n");
#else
typedef long jump[10 + 16];
__asm__(".arm\n.globl set_jump\n.type set_jump, %function\nset_jump:\n\tmov ip, sp\n\tstmia r0!, {r4-r11, ip, lr}\n\tvstmia r0, {d8-d15}\n\tmov r0, #0\n\tbx lr\n"
        ".globl long_jump\n.type long_jump, %function\nlong_jump:\n\tldmia r0!, {r4-r11, ip, lr}\n\tmov sp, ip\n\tvldmia r0, {d8-d15}\n\tmov r0, r1\n\tbx lr\n");
#endif

__attribute__((returns_twice)) int set_jump(jump to);
__attribute__((noreturn)) void long_jump(jump to, int value);

#endif
