/** Judges the CPU emulators by CPUs that others wrote: random code from random states, compared. */
@NullMarked
package org.kernelentry.runner.cpu;

import org.jspecify.annotations.NullMarked;
