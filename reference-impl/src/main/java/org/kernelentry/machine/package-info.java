/** The seam between a CPU and the kernel model: run until an exit, read and write registers between any two instructions. */
@NullMarked
package org.kernelentry.machine;

import org.jspecify.annotations.NullMarked;
