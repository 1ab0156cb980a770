/** Benchmarks and the performance gate. */
@NullMarked
package org.kernelentry.perf;

import org.jspecify.annotations.NullMarked;
