/** Registers as tracers see them. */
@NullMarked
package org.kernelentry.arm.ptrace;

import org.jspecify.annotations.NullMarked;
