/** Registers of a task as a tracer sees them, stepping, and the calls about segments. */
@NullMarked
package org.kernelentry.x86.ptrace;

import org.jspecify.annotations.NullMarked;
