/**
 * Syscall, interrupt and NMI entry and exit, as generic entry does them.
 *
 * <p>What every system call passes is static and is given the CPU or the kernel. Were each class to keep a reference of its own, the JVM's compiler
 * could not know that all are the same kernel, and would load and test everything once a class: whether somebody observes, for one.
 */
@NullMarked
package org.kernelentry.kernel.entry;

import org.jspecify.annotations.NullMarked;
