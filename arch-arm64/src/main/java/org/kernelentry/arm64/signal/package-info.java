/** Signal frames of arm64 in guest memory and the way back from them. */
@NullMarked
package org.kernelentry.arm64.signal;

import org.jspecify.annotations.NullMarked;
