/** The assembler of arm64 for the guest notation. */
@NullMarked
package org.kernelentry.arm64.asm;

import org.jspecify.annotations.NullMarked;
