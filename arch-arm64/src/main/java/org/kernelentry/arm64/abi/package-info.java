/** Syscall tables, register sets and layouts of the ABIs of arm64. */
@NullMarked
package org.kernelentry.arm64.abi;

import org.jspecify.annotations.NullMarked;
