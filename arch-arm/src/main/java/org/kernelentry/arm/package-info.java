/** What is particular to arm. */
@NullMarked
package org.kernelentry.arm;

import org.jspecify.annotations.NullMarked;
