/** IEEE 754 arithmetic on bit patterns, as the floating-point units of all emulated CPUs use it. */
@NullMarked
package org.kernelentry.isa.fp;

import org.jspecify.annotations.NullMarked;
