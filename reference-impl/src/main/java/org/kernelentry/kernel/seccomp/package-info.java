/** Seccomp: classic BPF, its verifier and the filter's verdicts. */
@NullMarked
package org.kernelentry.kernel.seccomp;

import org.jspecify.annotations.NullMarked;
