package org.kernelentry.x86.decode;

/**
 * The two-byte opcode map: 0F and a byte. Source: Intel SDM volume 2, table A-3 and table A-6 (groups).
 *
 * <p>What is not listed raises #UD: what came after SSE2.
 */
final class TwoByteMap {
    static final OpcodeMap MAP = VectorMap.addTo(new OpcodeMap())
            // 00 to 0F
            .row(0x00, 0, "SLDT Ev", SystemInsns::refused)
            .row(0x00, 1, "STR Ev", SystemInsns::refused)
            .row(0x00, 2, "LLDT Ew", SystemInsns::refused)
            .row(0x00, 3, "LTR Ew", SystemInsns::refused)
            .row(0x00, 4, "VERR Ew", SystemInsns::verr)
            .row(0x00, 5, "VERW Ew", SystemInsns::verw)
            .row(0x01, 0, "SGDT M", SystemInsns::refused)
            .row(0x01, 1, "SIDT M", SystemInsns::refused)
            .row(0x01, 2, "LGDT M", SystemInsns::refused)
            .row(0x01, 3, "LIDT M", SystemInsns::refused)
            .row(0x01, 4, "SMSW Ev", SystemInsns::refused)
            .row(0x01, 6, "LMSW Ew", SystemInsns::refused)
            .row(0x01, 7, "INVLPG M", SystemInsns::refused)
            .row(0x01, 7, "SWAPGS/RDTSCP reg", SystemInsns::swapgsOrRdtscp)
            .row(0x02, "LAR Gv,Ew", SystemInsns::lar)
            .row(0x03, "LSL Gv,Ew", SystemInsns::lsl)
            .row(0x05, "SYSCALL o64", SystemInsns::syscall)
            .row(0x06, "CLTS", SystemInsns::refused)
            .row(0x07, "SYSRET o64", SystemInsns::refused)
            .row(0x08, "INVD", SystemInsns::refused)
            .row(0x09, "WBINVD", SystemInsns::refused)
            .row(0x0b, "UD2", SystemInsns::ud)
            .row(0x0d, "PREFETCHW M", Moves::nop)
            // 18 to 1F: reserved for hints; ENDBR32 and ENDBR64 are among them
            .rows(0x18, 8, "NOP Ev", Moves::nop)
            // 20 to 37
            .rows(0x20, 4, "MOV modrm anymod", SystemInsns::movControl)
            .row(0x30, "WRMSR", SystemInsns::refused)
            .row(0x31, "RDTSC", SystemInsns::rdtsc)
            .row(0x32, "RDMSR", SystemInsns::refused)
            .row(0x33, "RDPMC", SystemInsns::refused)
            .row(0x34, "SYSENTER", SystemInsns::sysenter)
            .row(0x35, "SYSEXIT", SystemInsns::refused)
            // 40 to 4F
            .rows(0x40, 16, "CMOVcc Gv,Ev", Moves::cmov)
            // 80 to 9F
            .rows(0x80, 16, "Jcc Jz f64", Control::jcc)
            .rows(0x90, 16, "SETcc Eb", Moves::setcc)
            // A0 to AF
            .row(0xa0, "PUSH d64", Stack::pushSegment)
            .row(0xa1, "POP d64", Stack::popSegment)
            .row(0xa2, "CPUID", SystemInsns::cpuid)
            .row(0xa3, "BT Ev,Gv", Bits::bt)
            .row(0xa4, "SHLD Ev,Gv,Ib", Shifts::shld)
            .row(0xa5, "SHLD Ev,Gv,CL", Shifts::shld)
            .row(0xa8, "PUSH d64", Stack::pushSegment)
            .row(0xa9, "POP d64", Stack::popSegment)
            .row(0xab, "BTS Ev,Gv lock", Bits::bts)
            .row(0xac, "SHRD Ev,Gv,Ib", Shifts::shrd)
            .row(0xad, "SHRD Ev,Gv,CL", Shifts::shrd)
            .row(0xae, 0, "RDFSBASE Ey o64 f3 reg", SystemInsns::readBase)
            .row(0xae, 1, "RDGSBASE Ey o64 f3 reg", SystemInsns::readBase)
            .row(0xae, 2, "WRFSBASE Ey o64 f3 reg", SystemInsns::writeBase)
            .row(0xae, 3, "WRGSBASE Ey o64 f3 reg", SystemInsns::writeBase)
            .row(0xae, 5, "LFENCE np reg", Moves::nop)
            .row(0xae, 6, "MFENCE np reg", Moves::nop)
            .row(0xae, 7, "SFENCE np reg", Moves::nop)
            .row(0xaf, "IMUL Gv,Ev", Multiply::imulTo)
            // B0 to BF
            .row(0xb0, "CMPXCHG Eb,Gb lock", Arithmetic::cmpxchg)
            .row(0xb1, "CMPXCHG Ev,Gv lock", Arithmetic::cmpxchg)
            .row(0xb2, "LSS Gv,M", Moves::lss)
            .row(0xb3, "BTR Ev,Gv lock", Bits::btr)
            .row(0xb4, "LFS Gv,M", Moves::lfs)
            .row(0xb5, "LGS Gv,M", Moves::lgs)
            .row(0xb6, "MOVZX Gv,Eb", Moves::movzx)
            .row(0xb7, "MOVZX Gv,Ew", Moves::movzx)
            .row(0xb8, "POPCNT Gv,Ev f3", Bits::popcnt)
            .row(0xb9, "UD1 Gv,Ev", SystemInsns::ud)
            .row(0xba, 4, "BT Ev,Ib", Bits::bt)
            .row(0xba, 5, "BTS Ev,Ib lock", Bits::bts)
            .row(0xba, 6, "BTR Ev,Ib lock", Bits::btr)
            .row(0xba, 7, "BTC Ev,Ib lock", Bits::btc)
            .row(0xbb, "BTC Ev,Gv lock", Bits::btc)
            .row(0xbc, "TZCNT Gv,Ev f3", Bits::tzcnt)
            .row(0xbc, "BSF Gv,Ev", Bits::bsf)
            .row(0xbd, "LZCNT Gv,Ev f3", Bits::lzcnt)
            .row(0xbd, "BSR Gv,Ev", Bits::bsr)
            .row(0xbe, "MOVSX Gv,Eb", Moves::movsx)
            .row(0xbf, "MOVSX Gv,Ew", Moves::movsx)
            // C0 to CF, FF
            .row(0xc0, "XADD Eb,Gb lock", Arithmetic::xadd)
            .row(0xc1, "XADD Ev,Gv lock", Arithmetic::xadd)
            .row(0xc3, "MOVNTI M,Gy np", Moves::movnti)
            .row(0xc7, 1, "CMPXCHG8B M lock", Arithmetic::cmpxchgPair)
            .rows(0xc8, 8, "BSWAP Zv", Bits::bswap)
            .row(0xff, "UD0 Gv,Ev", SystemInsns::ud);

    private TwoByteMap() {}
}
