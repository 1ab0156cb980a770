/** Syscall tables, register sets and layouts of the ABIs of arm. */
@NullMarked
package org.kernelentry.arm.abi;

import org.jspecify.annotations.NullMarked;
