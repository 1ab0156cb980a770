package org.kernelentry.x86.asm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.kernelentry.machine.asm.GuestAssembler.T0;
import static org.kernelentry.machine.asm.GuestAssembler.T1;
import static org.kernelentry.machine.asm.GuestAssembler.T2;

import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.kernelentry.machine.asm.Arg;
import org.kernelentry.machine.asm.GuestAssembler;
import org.kernelentry.machine.asm.Label;
import org.kernelentry.x86.vdso.Vdso32;

/** Encodings beside what GNU as makes of the same text (binutils 2.40; {@code mov} of EAX to memory in its ModRM form). */
class AssemblerTests {
    private static final long ORIGIN = 0x1000_0000;
    private static final long VSYSCALL = 0x1100_0000;

    static List<Arguments> longMode() {
        return List.of(
                row("mov $5,%eax", "b805000000", a -> a.loadConst(T0, 5)),
                row("mov $0xffffffff,%eax", "b8ffffffff", a -> a.loadConst(T0, 0xffff_ffffL)),
                row("mov $-1,%rax", "48c7c0ffffffff", a -> a.loadConst(T0, -1)),
                row("movabs $0x123456789a,%rcx", "48b99a78563412000000", a -> a.loadConst(T1, 0x12_3456_789aL)),
                row("mov 0x20001000,%rdx", "488b142500100020", a -> a.loadVariable(T2, 0x2000_1000)),
                row("mov %rcx,0x20001000", "48890c2500100020", a -> a.storeVariable(0x2000_1000, T1)),
                row("movzbl 8(%rcx),%eax", "0fb64108", a -> a.load(T0, T1, 8, 1)),
                row("movzwl 0x100(%rdx),%ecx", "0fb78a00010000", a -> a.load(T1, T2, 0x100, 2)),
                row("mov (%rax),%edx", "8b10", a -> a.load(T2, T0, 0, 4)),
                row("mov -8(%rcx),%rax", "488b41f8", a -> a.load(T0, T1, -8, 8)),
                row("mov %al,(%rcx)", "8801", a -> a.store(T0, T1, 0, 1)),
                row("mov %dx,2(%rax)", "66895002", a -> a.store(T2, T0, 2, 2)),
                row("mov %ecx,4(%rdx)", "894a04", a -> a.store(T1, T2, 4, 4)),
                row("mov %rcx,8(%rdx)", "48894a08", a -> a.store(T1, T2, 8, 8)),
                row("mov %rcx,%rax", "4889c8", a -> a.move(T0, T1)),
                row("add %rdx,%rax", "4801d0", a -> a.add(T0, T2)),
                row("sub %rdx,%rcx", "4829d1", a -> a.sub(T1, T2)),
                row("and %rax,%rdx", "4821c2", a -> a.and(T2, T0)),
                row("or %rcx,%rax", "4809c8", a -> a.or(T0, T1)),
                row("add $16,%rdx", "4883c210", a -> a.addConst(T2, 16)),
                row("add $0x12345,%rcx", "4881c145230100", a -> a.addConst(T1, 0x12345)),
                row(
                        "movabs $0x123456789,%r11; add %r11,%rcx",
                        "49bb89674523010000004c01d9", a -> a.addConst(T1, 0x1_2345_6789L)),
                row("shl $3,%rcx", "48c1e103", a -> a.shiftLeft(T1, 3)),
                row("shr $60,%rdx", "48c1ea3c", a -> a.shiftRight(T2, 60)),
                row("jmp *%rcx", "ffe1", a -> a.jumpTo(T1)),
                row("ret", "c3", GuestAssembler::handlerReturn),
                row("nop", "90", GuestAssembler::nop),
                row("int3", "cc", GuestAssembler::breakpoint),
                row("ud2", "0f0b", GuestAssembler::undefined),
                row("jmp .", "ebfe", GuestAssembler::spin),
                row("mov %rax,%rcx", "4889c1", a -> a.result(T1)),
                row("result in rax already", "", a -> a.result(T0)),
                row(
                        "mov %rdi,0x20000000; mov %rsi,0x20000008; mov %rdx,0x20000010",
                        "48893c250000002048893425080000204889142510000020",
                        a -> a.handlerEntry(0x2000_0000, 0x2000_0008, 0x2000_0010)),
                row("mov $15,%eax; syscall", "b80f0000000f05", a -> a.restorer(true)),
                row(
                        "syscall with six arguments",
                        "bf01000000488b342500000020ba0300000041ba0400000041b80500000041b906000000b8010000000f05",
                        a -> call(
                                a,
                                "syscall",
                                1,
                                new Arg.Const(1),
                                new Arg.Variable(0x2000_0000),
                                new Arg.Const(3),
                                new Arg.Const(4),
                                new Arg.Const(5),
                                new Arg.Const(6))),
                row(
                        "push %rbx; push %rbp; mov $7,%ebx; mov $20,%eax; int $0x80; pop %rbp; pop %rbx",
                        "5355bb07000000b814000000cd805d5b", a -> call(a, "int80", 20, new Arg.Const(7))),
                row("mov $7,%r15d", "41bf07000000", a -> a.setRegister("r15", 7)),
                row(
                        "movabs $0x1122334455667788,%rbx",
                        "48bb8877665544332211", a -> a.setRegister("rbx", 0x1122_3344_5566_7788L)),
                row("mov %r12,0x20000018", "4c89242518000020", a -> a.saveRegister("r12", 0x2000_0018)));
    }

    static List<Arguments> compatMode() {
        return List.of(
                row("mov $5,%eax", "b805000000", a -> a.loadConst(T0, 5)),
                row("mov 0x20001000,%edx", "8b1500100020", a -> a.loadVariable(T2, 0x2000_1000)),
                row("mov %ecx,0x20001000", "890d00100020", a -> a.storeVariable(0x2000_1000, T1)),
                row("movzbl 8(%ecx),%eax", "0fb64108", a -> a.load(T0, T1, 8, 1)),
                row("mov %dx,2(%eax)", "66895002", a -> a.store(T2, T0, 2, 2)),
                row("mov %al,(%ecx)", "8801", a -> a.store(T0, T1, 0, 1)),
                row("add $-1,%ecx", "83c1ff", a -> a.addConst(T1, -1)),
                row("add $0x12345,%edx", "81c245230100", a -> a.addConst(T2, 0x12345)),
                row("shl $3,%ecx", "c1e103", a -> a.shiftLeft(T1, 3)),
                row("jmp *%edx", "ffe2", a -> a.jumpTo(T2)),
                row(
                        "mov %edx,0x20000008; mov %ecx,0x20000010; mov 4(%esp),%eax; mov %eax,0x20000000",
                        "891508000020890d100000208b442404890500000020",
                        a -> a.handlerEntry(0x2000_0000, 0x2000_0008, 0x2000_0010)),
                row("mov $173,%eax; int $0x80", "b8ad000000cd80", a -> a.restorer(true)),
                row("pop %eax; mov $119,%eax; int $0x80", "58b877000000cd80", a -> a.restorer(false)),
                row(
                        "int $0x80 with arguments 1 and 6, preserved registers around",
                        "53565755bb07000000b900000000ba00000000be00000000bf000000008b2d00000020b814000000cd805d5f5e5b",
                        a -> call(
                                a,
                                "int80",
                                20,
                                new Arg.Const(7),
                                new Arg.Const(0),
                                new Arg.Const(0),
                                new Arg.Const(0),
                                new Arg.Const(0),
                                new Arg.Variable(0x2000_0000))),
                row("mov $9,%ebp", "bd09000000", a -> a.setRegister("ebp", 9)),
                row("mov %esi,0x20000018", "893518000020", a -> a.saveRegister("esi", 0x2000_0018)));
    }

    private static Arguments row(final String text, final String bytes, final Consumer<GuestAssembler> code) {
        return Arguments.of(text, bytes, code);
    }

    private static void call(final GuestAssembler a, final String entry, final long number, final Arg... arguments) {
        a.syscall(entry, new Arg.Const(number), List.of(arguments), new Label("at"), new Label("after"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("longMode")
    void encodes64BitCodeAsGnuAsDoes(final String text, final String bytes, final Consumer<GuestAssembler> code) {
        final GuestAssembler a = new X64Assembler(ORIGIN);
        code.accept(a);
        assertThat(HexFormat.of().formatHex(a.finish())).as(text).isEqualTo(bytes);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("compatMode")
    void encodes32BitCodeAsGnuAsDoes(final String text, final String bytes, final Consumer<GuestAssembler> code) {
        final GuestAssembler a = new Ia32Assembler(ORIGIN, VSYSCALL);
        code.accept(a);
        assertThat(HexFormat.of().formatHex(a.finish())).as(text).isEqualTo(bytes);
    }

    @Test
    void sysenterIsACallOfTheVdsoAndTheLabelsAreWhereTheKernelSeesTheCall() {
        final GuestAssembler a = new Ia32Assembler(ORIGIN, VSYSCALL);
        final Label at = new Label("at");
        final Label after = new Label("after");
        a.syscall("sysenter", new Arg.Const(20), List.of(), at, after);
        final byte[] code = a.finish();
        // call rel32, from behind it to the vDSO
        assertThat(HexFormat.of().formatHex(code, 9, 14)).isEqualTo("e8f2ffff00");
        assertThat(ORIGIN + 14 + 0x00ff_fff2L).isEqualTo(VSYSCALL);
        final byte[] image = Vdso32.image();
        final int vsyscall = (int) Vdso32.vsyscall(0);
        assertThat(at.address() - VSYSCALL).isEqualTo(Vdso32.landingPad(0) - vsyscall - 2);
        assertThat(after.address() - VSYSCALL).isEqualTo(Vdso32.landingPad(0) - vsyscall);
        assertThat(HexFormat.of().formatHex(image, vsyscall, vsyscall + 13)).isEqualTo("51525589e50f34cd805d5a59c3");
    }

    @Test
    void branchesReachLabelsInBothDirections() {
        final GuestAssembler a = new X64Assembler(ORIGIN);
        final Label top = new Label("top");
        final Label end = new Label("end");
        a.bind(top);
        a.branch(GuestAssembler.Rel.LTU, T0, T1, end);
        a.jump(top);
        a.call(end);
        a.bind(end);
        a.loadAddress(T0, top);
        // cmp %rcx,%rax; jb end; jmp top; call end; end: lea top(%rip),%rax
        assertThat(HexFormat.of().formatHex(a.finish()))
                .isEqualTo("4839c8" + "0f820a000000" + "e9f2ffffff" + "e800000000" + "488d05e6ffffff");
    }

    @Test
    void allSixRelationsHaveTheirConditionCode() {
        final GuestAssembler a = new X64Assembler(ORIGIN);
        final Label end = new Label("end");
        for (final GuestAssembler.Rel rel : GuestAssembler.Rel.values()) {
            a.branch(rel, T0, T1, end);
        }
        a.bind(end);
        final byte[] code = a.finish();
        final StringBuilder conditions = new StringBuilder();
        for (int n = 0; n < 6; n++) {
            conditions.append(String.format("%02x ", code[9 * n + 4] & 0xff));
        }
        assertThat(conditions.toString()).isEqualTo("84 85 8c 8d 82 83 ");
    }

    @Test
    void wrongNamesAndSizesAreRefusedInOneSentence() {
        final GuestAssembler x64 = new X64Assembler(ORIGIN);
        final GuestAssembler ia32 = new Ia32Assembler(ORIGIN, VSYSCALL);
        assertThatThrownBy(() -> x64.setRegister("r16", 1)).hasMessage("x86-64 has no register r16");
        assertThatThrownBy(() -> x64.setRegister("fs_base", 1)).hasMessage("x86-64 has no register fs_base");
        assertThatThrownBy(() -> ia32.setRegister("rax", 1)).hasMessage("ia32 has no register rax");
        assertThatThrownBy(() -> ia32.load(T0, T1, 0, 8)).hasMessage("no access of 8 bytes here");
        assertThatThrownBy(() -> call(x64, "sysenter", 1)).hasMessage("x86-64 has no system call instruction sysenter");
        assertThatThrownBy(() -> call(ia32, "syscall", 1)).hasMessage("ia32 has no system call instruction syscall");
        assertThatThrownBy(() -> x64.loadVariable(T0, 0x8000_0000L)).hasMessageContaining("not below 2 GiB");
    }
}
