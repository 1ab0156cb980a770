/** The architecture-neutral notation of guest programs inside scenarios. */
@NullMarked
package org.kernelentry.notation;

import org.jspecify.annotations.NullMarked;
