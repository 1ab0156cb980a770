/**
 * Operations on the lanes of 64-bit words, shared by all vector extensions: lane 0 is in the lowest bits. A size is the binary
 * logarithm of a lane's bytes: 0 for bytes to 3 for doublewords.
 */
@NullMarked
package org.kernelentry.isa.simd;

import org.jspecify.annotations.NullMarked;
