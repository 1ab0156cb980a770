/** Tracing one task by another. */
@NullMarked
package org.kernelentry.kernel.ptrace;

import org.jspecify.annotations.NullMarked;
