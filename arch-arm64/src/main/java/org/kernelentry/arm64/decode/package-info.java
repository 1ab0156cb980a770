/** Instruction decoding of arm64 into the intermediate form. */
@NullMarked
package org.kernelentry.arm64.decode;

import org.jspecify.annotations.NullMarked;
