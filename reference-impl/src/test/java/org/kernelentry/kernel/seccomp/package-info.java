@NullMarked
package org.kernelentry.kernel.seccomp;

import org.jspecify.annotations.NullMarked;
