"""The tables of payroll and its notes of adjustment: nearly all data are attributes (annex 1.0, section 8)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ...ubl.codecs import BOOLEAN, COUNT, DATE_OF, DAY, NUMBER, PERCENT, TEXT, TEXT_OR_EMPTY, TIME_OF, Codec
from ...ubl.codecs import lenient_decimal as lenient
from ...ubl.grammar import Grammar
from ...ubl.namespaces import NAMESPACES, Namespaces
from ...ubl.table import Row, structure
from .deductions import Aporte, Deducciones, FondoSP, Libranza, Sancion
from .earnings import (
    Ausencia,
    Auxilio,
    Basico,
    Bonificacion,
    BonoEPCTV,
    Cesantias,
    Compensacion,
    Devengados,
    HoraExtra,
    Incapacidad,
    Licencia,
    OtroConcepto,
    Primas,
    Transporte,
    VacacionesCompensadas,
    VacacionesComunes,
)
from .fields import local_time
from .parties import Empleador, LugarGeneracion, Pago, Periodo, Predecesor, Proveedor, Trabajador

MONEY = Codec("valor monetario", PERCENT.source, PERCENT.decode, lenient=lenient)
"""An amount without currency, which the document says once."""
DAYS_OF_360 = Codec("número", PERCENT.source, PERCENT.decode, lenient=lenient)
LOCAL_TIME = Codec("fecha y hora", "{}.isoformat()", local_time)


def _money(path: str, field: str, label: str) -> Row:
    return Row(path, field, MONEY, label)


_DAYS = (
    Row("@FechaInicio", "fecha_inicio", DAY, "Fecha de inicio"),
    Row("@FechaFin", "fecha_fin", DAY, "Fecha de fin"),
    Row("@Cantidad", "cantidad", COUNT, "Días"),
)
_PAID = _money("@Pago", "pago", "Pago")

BASICO = structure(
    Basico,
    Row("@DiasTrabajados", "dias_trabajados", COUNT, "Días trabajados"),
    _money("@SueldoTrabajado", "sueldo_trabajado", "Sueldo trabajado"),
)
TRANSPORTE = structure(
    Transporte,
    _money("@AuxilioTransporte", "auxilio_transporte", "Auxilio de transporte"),
    _money("@ViaticoManuAlojS", "viatico_manu_aloj_s", "Viáticos de manutención y alojamiento, salariales"),
    _money("@ViaticoManuAlojNS", "viatico_manu_aloj_ns", "Viáticos de manutención y alojamiento, no salariales"),
)
HORA = structure(
    HoraExtra,
    Row("@HoraInicio", "hora_inicio", LOCAL_TIME, "Hora de inicio"),
    Row("@HoraFin", "hora_fin", LOCAL_TIME, "Hora de fin"),
    Row("@Cantidad", "cantidad", NUMBER, "Horas"),
    Row("@Porcentaje", "porcentaje", PERCENT, "Porcentaje"),
    _PAID,
)
VACACIONES_COMUNES = structure(VacacionesComunes, *_DAYS, _PAID)
VACACIONES_COMPENSADAS = structure(VacacionesCompensadas, _DAYS[2], _PAID)
PRIMAS = structure(Primas, _DAYS[2], _PAID, _money("@PagoNS", "pago_ns", "Pago no salarial"))
CESANTIAS = structure(
    Cesantias,
    _PAID,
    Row("@Porcentaje", "porcentaje", PERCENT, "Porcentaje de los intereses"),
    _money("@PagoIntereses", "pago_intereses", "Intereses"),
)
INCAPACIDAD = structure(Incapacidad, *_DAYS, Row("@Tipo", "tipo", TEXT, "Tipo de incapacidad"), _PAID)
LICENCIA = structure(Licencia, *_DAYS, _PAID)
AUSENCIA = structure(Ausencia, *_DAYS)
BONIFICACION = structure(
    Bonificacion,
    _money("@BonificacionS", "bonificacion_s", "Bonificación salarial"),
    _money("@BonificacionNS", "bonificacion_ns", "Bonificación no salarial"),
)
AUXILIO = structure(
    Auxilio,
    _money("@AuxilioS", "auxilio_s", "Auxilio salarial"),
    _money("@AuxilioNS", "auxilio_ns", "Auxilio no salarial"),
)
OTRO_CONCEPTO = structure(
    OtroConcepto,
    Row("@DescripcionConcepto", "descripcion_concepto", TEXT, "Concepto"),
    _money("@ConceptoS", "concepto_s", "Concepto salarial"),
    _money("@ConceptoNS", "concepto_ns", "Concepto no salarial"),
)
COMPENSACION = structure(
    Compensacion,
    _money("@CompensacionO", "compensacion_o", "Compensación ordinaria"),
    _money("@CompensacionE", "compensacion_e", "Compensación extraordinaria"),
)
BONO = structure(
    BonoEPCTV,
    _money("@PagoS", "pago_s", "Pago salarial"),
    _money("@PagoNS", "pago_ns", "Pago no salarial"),
    _money("@PagoAlimentacionS", "pago_alimentacion_s", "Pago de alimentación salarial"),
    _money("@PagoAlimentacionNS", "pago_alimentacion_ns", "Pago de alimentación no salarial"),
)
_HOURS = (
    ("HED", "heds", "Horas extra diurnas"),
    ("HEN", "hens", "Horas extra nocturnas"),
    ("HRN", "hrns", "Horas de recargo nocturno"),
    ("HEDDF", "heddfs", "Horas extra diurnas dominicales y festivas"),
    ("HRDDF", "hrddfs", "Horas de recargo diurno dominicales y festivas"),
    ("HENDF", "hendfs", "Horas extra nocturnas dominicales y festivas"),
    ("HRNDF", "hrndfs", "Horas de recargo nocturno dominicales y festivas"),
)
DEVENGADOS = structure(
    Devengados,
    Row("Basico", "basico", BASICO, "Básico"),
    Row("Transporte", "transporte", TRANSPORTE, "Transporte", many=True),
    *(Row(f"{name}s/{name}", field, HORA, label, many=True) for name, field, label in _HOURS),
    Row("Vacaciones/VacacionesComunes", "vacaciones_comunes", VACACIONES_COMUNES, "Vacaciones disfrutadas", many=True),
    Row(
        "Vacaciones/VacacionesCompensadas",
        "vacaciones_compensadas",
        VACACIONES_COMPENSADAS,
        "Vacaciones compensadas",
        many=True,
    ),
    Row("Primas", "primas", PRIMAS, "Prima de servicios"),
    Row("Cesantias", "cesantias", CESANTIAS, "Cesantías"),
    Row("Incapacidades/Incapacidad", "incapacidades", INCAPACIDAD, "Incapacidades", many=True),
    Row("Licencias/LicenciaMP", "licencias_mp", LICENCIA, "Licencias de maternidad o paternidad", many=True),
    Row("Licencias/LicenciaR", "licencias_r", LICENCIA, "Licencias remuneradas", many=True),
    Row("Licencias/LicenciaNR", "licencias_nr", AUSENCIA, "Licencias no remuneradas", many=True),
    Row("Bonificaciones/Bonificacion", "bonificaciones", BONIFICACION, "Bonificaciones", many=True),
    Row("Auxilios/Auxilio", "auxilios", AUXILIO, "Auxilios", many=True),
    Row("HuelgasLegales/HuelgaLegal", "huelgas_legales", AUSENCIA, "Huelgas legales", many=True),
    Row("OtrosConceptos/OtroConcepto", "otros_conceptos", OTRO_CONCEPTO, "Otros conceptos", many=True),
    Row("Compensaciones/Compensacion", "compensaciones", COMPENSACION, "Compensaciones", many=True),
    Row("BonoEPCTVs/BonoEPCTV", "bonos_epctv", BONO, "Bonos", many=True),
    Row("Comisiones/Comision", "comisiones", MONEY, "Comisiones", many=True),
    Row("PagosTerceros/PagoTercero", "pagos_terceros", MONEY, "Pagos de terceros", many=True),
    Row("Anticipos/Anticipo", "anticipos", MONEY, "Anticipos", many=True),
    _money("Dotacion", "dotacion", "Dotación"),
    _money("ApoyoSost", "apoyo_sost", "Apoyo de sostenimiento"),
    _money("Teletrabajo", "teletrabajo", "Teletrabajo"),
    _money("BonifRetiro", "bonif_retiro", "Bonificación por retiro"),
    _money("Indemnizacion", "indemnizacion", "Indemnización"),
    _money("Reintegro", "reintegro", "Reintegro"),
)

APORTE = structure(
    Aporte,
    Row("@Porcentaje", "porcentaje", PERCENT, "Porcentaje"),
    _money("@Deduccion", "deduccion", "Deducción"),
)
FONDO_SP = structure(
    FondoSP,
    Row("@Porcentaje", "porcentaje", PERCENT, "Porcentaje"),
    _money("@DeduccionSP", "deduccion_sp", "Deducción de solidaridad"),
    Row("@PorcentajeSub", "porcentaje_sub", PERCENT, "Porcentaje de subsistencia"),
    _money("@DeduccionSub", "deduccion_sub", "Deducción de subsistencia"),
)
SANCION = structure(
    Sancion,
    _money("@SancionPublic", "sancion_public", "Sanción pública"),
    _money("@SancionPriv", "sancion_priv", "Sanción privada"),
)
LIBRANZA = structure(
    Libranza,
    Row("@Descripcion", "descripcion", TEXT, "Descripción"),
    _money("@Deduccion", "deduccion", "Deducción"),
)
DEDUCCIONES = structure(
    Deducciones,
    Row("Salud", "salud", APORTE, "Salud"),
    Row("FondoPension", "fondo_pension", APORTE, "Fondo de pensión"),
    Row("FondoSP", "fondo_sp", FONDO_SP, "Fondo de solidaridad pensional"),
    Row("Sindicatos/Sindicato", "sindicatos", APORTE, "Sindicatos", many=True),
    Row("Sanciones/Sancion", "sanciones", SANCION, "Sanciones", many=True),
    Row("Libranzas/Libranza", "libranzas", LIBRANZA, "Libranzas", many=True),
    Row("PagosTerceros/PagoTercero", "pagos_terceros", MONEY, "Pagos a terceros", many=True),
    Row("Anticipos/Anticipo", "anticipos", MONEY, "Anticipos", many=True),
    Row("OtrasDeducciones/OtraDeduccion", "otras_deducciones", MONEY, "Otras deducciones", many=True),
    _money("PensionVoluntaria", "pension_voluntaria", "Pensión voluntaria"),
    _money("RetencionFuente", "retencion_fuente", "Retención en la fuente"),
    _money("AFC", "afc", "Ahorro para el fomento de la construcción"),
    _money("Cooperativa", "cooperativa", "Cooperativa"),
    _money("EmbargoFiscal", "embargo_fiscal", "Embargo fiscal"),
    _money("PlanComplementarios", "plan_complementarios", "Planes complementarios de salud"),
    _money("Educacion", "educacion", "Educación"),
    _money("Reintegro", "reintegro", "Reintegro"),
    _money("Deuda", "deuda", "Deuda"),
)

_NAMES = (
    Row("@RazonSocial", "razon_social", TEXT, "Razón social"),
    Row("@PrimerApellido", "primer_apellido", TEXT, "Primer apellido"),
    Row("@SegundoApellido", "segundo_apellido", TEXT, "Segundo apellido"),
    Row("@PrimerNombre", "primer_nombre", TEXT, "Primer nombre"),
    Row("@OtrosNombres", "otros_nombres", TEXT, "Otros nombres"),
)
_PLACE = (
    Row("@Pais", "pais", TEXT, "País"),
    Row("@DepartamentoEstado", "departamento_estado", TEXT, "Departamento"),
    Row("@MunicipioCiudad", "municipio_ciudad", TEXT, "Municipio"),
)
EMPLEADOR = structure(
    Empleador,
    *_NAMES,
    Row("@NIT", "nit", TEXT, "NIT"),
    Row("@DV", "dv", TEXT, "Dígito de verificación"),
    *_PLACE,
    Row("@Direccion", "direccion", TEXT, "Dirección"),
)
PROVEEDOR = structure(
    Proveedor,
    *_NAMES,
    Row("@NIT", "control.provider_nit", TEXT, "NIT del dueño del software"),
    Row("@DV", "control.provider_check_digit", TEXT, "Dígito de verificación"),
    Row("@SoftwareID", "control.software_id", TEXT, "Identificador del software"),
    Row("@SoftwareSC", "control.security_code", TEXT, "Código de seguridad del software"),
)
LUGAR = structure(LugarGeneracion, *_PLACE, Row("@Idioma", "idioma", TEXT, "Idioma"))
TRABAJADOR = structure(
    Trabajador,
    Row("@TipoTrabajador", "tipo_trabajador", TEXT, "Tipo de trabajador"),
    Row("@SubTipoTrabajador", "sub_tipo_trabajador", TEXT, "Subtipo de trabajador"),
    Row("@AltoRiesgoPension", "alto_riesgo_pension", BOOLEAN, "Alto riesgo de pensión"),
    Row("@TipoDocumento", "tipo_documento", TEXT, "Tipo de documento"),
    Row("@NumeroDocumento", "numero_documento", TEXT, "Número de documento"),
    Row("@PrimerApellido", "primer_apellido", TEXT, "Primer apellido"),
    Row("@SegundoApellido", "segundo_apellido", TEXT_OR_EMPTY, "Segundo apellido"),
    Row("@PrimerNombre", "primer_nombre", TEXT, "Primer nombre"),
    Row("@OtrosNombres", "otros_nombres", TEXT, "Otros nombres"),
    Row("@LugarTrabajoPais", "lugar_trabajo_pais", TEXT, "País del lugar de trabajo"),
    Row(
        "@LugarTrabajoDepartamentoEstado",
        "lugar_trabajo_departamento_estado",
        TEXT,
        "Departamento del lugar de trabajo",
    ),
    Row("@LugarTrabajoMunicipioCiudad", "lugar_trabajo_municipio_ciudad", TEXT, "Municipio del lugar de trabajo"),
    Row("@LugarTrabajoDireccion", "lugar_trabajo_direccion", TEXT, "Dirección del lugar de trabajo"),
    Row("@SalarioIntegral", "salario_integral", BOOLEAN, "Salario integral"),
    Row("@TipoContrato", "tipo_contrato", TEXT, "Tipo de contrato"),
    _money("@Sueldo", "sueldo", "Sueldo"),
    Row("@CodigoTrabajador", "codigo_trabajador", TEXT, "Código del trabajador"),
)
PERIODO = structure(
    Periodo,
    Row("@FechaIngreso", "fecha_ingreso", DAY, "Fecha de ingreso"),
    Row("@FechaRetiro", "fecha_retiro", DAY, "Fecha de retiro"),
    Row("@FechaLiquidacionInicio", "fecha_liquidacion_inicio", DAY, "Inicio de la liquidación"),
    Row("@FechaLiquidacionFin", "fecha_liquidacion_fin", DAY, "Fin de la liquidación"),
    Row("@TiempoLaborado", "tiempo_laborado", DAYS_OF_360, "Tiempo laborado, en días de años de 360"),
    Row("@FechaGen", "fecha_gen", DAY, "Fecha de generación"),
)
PAGO = structure(
    Pago,
    Row("@Forma", "forma", TEXT, "Forma de pago"),
    Row("@Metodo", "metodo", TEXT, "Medio de pago"),
    Row("@Banco", "banco", TEXT, "Banco"),
    Row("@TipoCuenta", "tipo_cuenta", TEXT, "Tipo de cuenta"),
    Row("@NumeroCuenta", "numero_cuenta", TEXT, "Número de cuenta"),
)
PREDECESOR = structure(
    Predecesor,
    Row("@NumeroPred", "numero", TEXT, "Número del documento que se ajusta"),
    Row("@CUNEPred", "cune", TEXT, "CUNE del documento que se ajusta"),
    Row("@FechaGenPred", "fecha_gen", DAY, "Fecha del documento que se ajusta"),
)

_GENERAL, _SEQUENCE = "InformacionGeneral/@", "NumeroSecuenciaXML/@"
_HEAD = (
    Row(f"{_SEQUENCE}Prefijo", "prefijo", TEXT, "Prefijo"),
    Row(f"{_SEQUENCE}Consecutivo", "consecutivo", TEXT, "Consecutivo", echo=True),
    Row(f"{_SEQUENCE}Numero", "number", TEXT, "Número"),
    Row("LugarGeneracionXML", "lugar_generacion", LUGAR, "Lugar de generación"),
    Row("ProveedorXML", "proveedor", PROVEEDOR, "Proveedor del software"),
    Row("CodigoQR", "control.qr", TEXT, "Texto del código QR"),
    Row(f"{_GENERAL}Version", "control.profile", TEXT, "Versión del documento"),
    Row(f"{_GENERAL}Ambiente", "control.environment", TEXT, "Ambiente"),
    Row(f"{_GENERAL}TipoXML", "type_code", TEXT, "Tipo de documento"),
    Row(f"{_GENERAL}CUNE", "control.key", TEXT, "CUNE"),
    Row(f"{_GENERAL}EncripCUNE", "control.key_scheme", TEXT, "Algoritmo del CUNE"),
    Row(f"{_GENERAL}FechaGen", "issued_at", DATE_OF, "Fecha de generación"),
    Row(f"{_GENERAL}HoraGen", "issued_at", TIME_OF, "Hora de generación"),
    Row("Notas", "notes", TEXT, "Notas", many=True),
    Row("Empleador", "empleador", EMPLEADOR, "Empleador"),
)
_PAYROLL = (
    *_HEAD,
    Row("Periodo", "periodo", PERIODO, "Periodo"),
    Row(f"{_SEQUENCE}CodigoTrabajador", "codigo_trabajador", TEXT, "Código del trabajador"),
    Row(f"{_GENERAL}PeriodoNomina", "periodo_nomina", TEXT, "Periodo de nómina"),
    Row(f"{_GENERAL}TipoMoneda", "currency", TEXT, "Moneda"),
    Row(f"{_GENERAL}TRM", "trm", NUMBER, "Tasa de cambio, en pesos por unidad"),
    Row("Trabajador", "trabajador", TRABAJADOR, "Trabajador"),
    Row("Pago", "pago", PAGO, "Pago"),
    Row("FechasPagos/FechaPago", "fechas_pagos", DAY, "Fechas de pago", many=True),
    Row("Devengados", "devengados", DEVENGADOS, "Devengados"),
    Row("Deducciones", "deducciones", DEDUCCIONES, "Deducciones"),
    _money("Redondeo", "redondeo", "Redondeo"),
    _money("DevengadosTotal", "devengados_total", "Total devengado"),
    _money("DeduccionesTotal", "deducciones_total", "Total deducido"),
    _money("ComprobanteTotal", "comprobante_total", "Total del comprobante"),
)
_NOVELTY = (
    Row("Novedad", "novedad", BOOLEAN, "Novedad contractual"),
    Row("Novedad/@CUNENov", "cune_nov", TEXT_OR_EMPTY, "CUNE del documento de la novedad"),
)
_TYPE_OF_NOTE = Row("TipoNota", "tipo_nota", TEXT, "Tipo de nota de ajuste")

_DIAN = "dian:gov:co:facturaelectronica:"
_NAMESPACES = Namespaces(
    _DIAN + "{root}",
    {
        **{name: NAMESPACES[name] for name in ("ds", "ext", "xades", "xades141", "xsi")},
        "xs": NAMESPACES["xsi"],
    },
    "{namespace} {root}ElectronicaXSD.xsd",
    # A signed payroll was refused with ZE02 until the root had the order of DIAN's sample (nómina, field report).
    filed=("", "xs", "ds", "ext", "xades", "xades141", "xsi"),
    attributes={"SchemaLocation": ""},
)


def _grammar(*rows: Row, inside: str = "") -> Grammar:
    """Return the grammar of a document; the rows of a note stand in an element of its own."""
    placed = tuple(replace(row, path=f"{inside}/{row.path}") for row in rows) if inside else rows
    return Grammar((*placed, _TYPE_OF_NOTE) if inside else placed, namespaces=_NAMESPACES, schema="payroll")


_REPLACED, _DELETED = "Reemplazar", "Eliminar"
PAYROLL = _grammar(*_PAYROLL, *_NOVELTY)
PAYROLL_REPLACEMENT = _grammar(
    *_PAYROLL, Row("ReemplazandoPredecesor", "predecesor", PREDECESOR, "Documento que se reemplaza"), inside=_REPLACED
)
PAYROLL_DELETION = _grammar(
    *_HEAD, Row("EliminandoPredecesor", "predecesor", PREDECESOR, "Documento que se elimina"), inside=_DELETED
)


def replaces(root: Any) -> bool:
    """True if a note of adjustment replaces its predecessor."""
    return _has(root, _REPLACED)


def deletes(root: Any) -> bool:
    """True if a note of adjustment deletes its predecessor."""
    return _has(root, _DELETED)


def _has(root: Any, name: str) -> bool:
    return next(root.iterchildren(f"{{*}}{name}"), None) is not None
