/** Syscall tables, register sets and layouts of the ABIs of x86. */
@NullMarked
package org.kernelentry.x86.abi;

import org.jspecify.annotations.NullMarked;
