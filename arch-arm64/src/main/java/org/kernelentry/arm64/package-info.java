/** What is particular to arm64. */
@NullMarked
package org.kernelentry.arm64;

import org.jspecify.annotations.NullMarked;
